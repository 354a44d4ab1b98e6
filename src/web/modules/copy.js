// A button that copies a text of the page, such as a link that is shown only once.

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without https there is only the former way. If that is refused too, the text is at least selected.
      getSelection().selectAllChildren(source);
      if (!document.execCommand("copy")) return;
    }
    button.nextElementSibling.textContent = button.dataset.copied;
  });
}
