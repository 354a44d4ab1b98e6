skip = Aller au contenu
nav-main = Principal
nav-threads = Fils
nav-vocabulary = Outils, méthodes, régions
nav-about = À propos
nav-invitations = Invitations
nav-sign-in = Se connecter
nav-sign-out = Se déconnecter
nav-languages = Langues
footer-independent = Ce forum est indépendant : ce n’est pas un service de l’OMPI, et l’OMPI n’approuve rien de ce qui s’y trouve.
error-not-found = Introuvable
error-not-found-text = Cette page n’existe pas, ou vous ne pouvez pas la voir.
error-denied = Non autorisé
error-invalid = Ceci ne peut être accepté
error-too-many = Trop de tentatives
error-internal = Une erreur s’est produite
error-internal-text = Le dysfonctionnement a été noté. Veuillez réessayer.
error-request = Requête :
error-home = Vers la liste des fils
form-trouble = Veuillez vérifier votre saisie
save = Enregistrer
cancel = Annuler
pages = Pages
pages-first = Première page
pages-next = Page suivante
kind-EXPERIENCE = Expérience
kind-PRACTICE = Pratique
kind-QUESTION = Question
kind-PROPOSAL = Proposition
capacity-PERSONAL = à titre personnel
capacity-OFFICE = pour l’office
capacity-DELEGATION = au nom de la délégation
visibility-PUBLIC = Tout le monde peut le lire
visibility-MEMBERS = Seuls les membres peuvent le lire
role-VISITOR = Visiteur
role-DELEGATE = Délégué
role-FOCAL_POINT = Coordonnateur
role-MODERATOR = Modérateur
role-SECRETARIAT = Secrétariat
facet-tools = Outils
facet-methods = Méthodes
facet-regions = Régions
invitation-OPEN = ouverte
invitation-ACCEPTED = acceptée
invitation-REVOKED = révoquée
invitation-EXPIRED = expirée
field-title = Titre
field-body = Texte
field-body-hint = Markdown : **gras**, *italique*, listes, tableaux, > citations, [liens](https://example.org).
field-language = Langue du texte
field-kind = Nature du fil
field-visibility = Qui peut le lire
field-capacity = Vous écrivez
field-delegation = Délégation
field-email = Adresse électronique
field-password = Mot de passe
field-current-password = Mot de passe actuel
field-new-password = Nouveau mot de passe
field-name = Nom
field-person-title = Titre ou fonction
field-role = Rôle
field-mandate-until = Le mandat prend fin le (peut rester vide)
field-reason = Motif (peut rester vide)
field-label = Libellé
field-label-en = Libellé en anglais
field-definition = Définition
field-slug = Nom court pour les adresses (minuscules, chiffres, traits d’union)
field-successor = Successeur
filter-any = Tous
filter-unread = Seulement avec des messages non lus
threads-title = Fils
threads-new = Ouvrir un fil
threads-filter = Filtrer par outil, méthode, région, etc.
threads-apply = Afficher
threads-clear = Tout afficher
threads-count = { $count ->
    [0] Aucun fil
    [one] { $count } fil
   *[other] { $count } fils
}
threads-replies = { $count ->
    [0] aucune réponse
    [one] { $count } réponse
   *[other] { $count } réponses
}
threads-unread = { $count ->
    [one] { $count } non lu
   *[other] { $count } non lus
}
news-threads-one = 1 fil nouveau ou modifié : afficher
news-threads-other = {"{count}"} fils nouveaux ou modifiés : afficher
news-replies-one = 1 nouvelle réponse
news-replies-other = {"{count}"} nouvelles réponses
news-changed = Un message de cette page a changé : recharger
news-hidden = Ce fil ne peut plus être lu.
thread-tags = Étiquettes
thread-retag = Modifier les étiquettes
thread-change = Modifier le titre, la nature ou les lecteurs
thread-earlier = Messages précédents
thread-later = Messages suivants
post-number = Nº { $count }
post-answers = répond au nº { $count }
post-revision = révision { $count }
post-withdrawn = Retiré par son auteur.
post-answer = Répondre
post-edit = Modifier
post-withdraw = Retirer
reply-title = Répondre
reply-to-post = En réponse au message choisi
reply-send = Envoyer la réponse
reply-sign-in = Connectez-vous pour répondre
draft-text = Un texte qui n’a pas été envoyé est conservé ici.
draft-restore = Le reprendre
draft-discard = L’abandonner
new-title = Ouvrir un fil
new-tags = De quoi il s’agit
new-tags-hint = Au moins un outil ou une méthode, et au moins une région.
new-send = Ouvrir le fil
tags-title = Modifier les étiquettes
change-title = Modifier le fil
edit-title = Modifier le message
edit-theirs = Le texte tel qu’il est maintenant
edit-yours = Votre texte
revisions-title = Révisions
withdraw-title = Retirer le message
withdraw-text = Le texte ne sera plus montré à personne. Son numéro et sa place restent.
withdraw-send = Retirer
sign-in-title = Se connecter
sign-in-hint = Les comptes sont créés sur invitation : adressez-vous à votre coordonnateur ou au Secrétariat. La lecture n’en demande pas.
sessions-title = Où vous êtes connecté
sessions-current = Celle-ci
sessions-revoke = Terminer
password-title = Changer le mot de passe
invitations-title = Invitations
invitations-link = Transmettez ce lien. Il ne sert qu’une fois et n’est montré que maintenant :
invitations-send = Inviter
invitations-made = Invitations faites
invitations-revoke = Révoquer
accept-title = Accepter l’invitation
accept-by = invité par
accept-email-hint = Vous vous connecterez avec cette adresse. Si elle reste vide, ce sera :
accept-send = Créer le compte
about-what = Les délégués des États membres partagent ici outils, méthodes et expériences de l’assistance technique. La lecture est ouverte à tous.
about-operator = Exploité par { $value }.
about-licence = Les contributions sont placées sous
about-api = Les autres clients utilisent la même API GraphQL :
vocabulary-intro = Les outils, méthodes et régions qui servent d’étiquettes aux fils.
vocabulary-threads = { $count ->
    [0] aucun fil
    [one] { $count } fil
   *[other] { $count } fils
}
vocabulary-narrower = En dessous
vocabulary-none = Aucun pour l’instant.
vocabulary-deprecated = N’est plus utilisé. À sa place :
vocabulary-change = Modifier le libellé et la définition
vocabulary-add = Ajouter une notion en dessous
vocabulary-deprecate = L’abandonner
