skip = الانتقال إلى المحتوى
nav-main = القائمة الرئيسية
nav-threads = الموضوعات
nav-vocabulary = الأدوات والأساليب
nav-about = نبذة عن المنتدى
nav-invitations = الدعوات
nav-sign-in = تسجيل الدخول
nav-sign-out = تسجيل الخروج
nav-languages = اللغة
footer-independent = هذا المنتدى مستقل: فهو ليس خدمة من خدمات الويبو، ولا يُعدّ أي من محتوياته معتمدًا من الويبو.
error-not-found = غير موجود
error-not-found-text = هذه الصفحة غير موجودة، أو لا يحق لك الاطلاع عليها.
error-denied = غير مسموح
error-invalid = تعذّر الحفظ
error-too-many = محاولات كثيرة جدًا
error-unavailable = المنتدى غير متاح حاليًا
error-internal = حدث خطأ
error-internal-text = سُجّل الخطأ. يُرجى إعادة المحاولة.
error-request = رقم الطلب:
error-home = إلى الصفحة الرئيسية
kept-title = نصك
kept-text = لم يُفقد شيء مما كتبته: يمكنك نسخه أو إعادة إرساله.
kept-sign-in = يُرجى تسجيل الدخول (في علامة تبويب جديدة)، ثم العودة إلى هنا وإعادة الإرسال.
kept-send = إعادة الإرسال
form-trouble = هناك مشكلة
form-flaw = { $label }: { $message }
language-unlike = لا يبدو هذا النص باللغة { $value }. يُرجى اختيار لغته أو تأكيدها.
language-same = هذا هو النص نفسه باللغة { $value }. يُرجى اختيار لغته أو تأكيدها.
language-is-right = النص باللغة { $value }
missing-title = يُرجى إدخال عنوان.
missing-body = يُرجى إدخال النص.
missing-kind = يُرجى اختيار نوع الموضوع.
missing-tools = يُرجى اختيار أداة أو أسلوب واحد على الأقل.
missing-regions = يُرجى اختيار منطقة واحدة على الأقل.
missing-language = يُرجى اختيار لغة النص.
missing-email = يُرجى إدخال عنوان بريد إلكتروني.
missing-name = يُرجى إدخال اسم.
missing-password = يُرجى إدخال كلمة مرور.
missing-currentPassword = يُرجى إدخال كلمة المرور الحالية.
missing-newPassword = يُرجى إدخال كلمة مرور جديدة.
missing-reason = يُرجى اختيار سبب.
missing-explanation = يُرجى إدخال شرح.
missing-label = يُرجى إدخال تسمية.
missing-note = يُرجى إدخال ملاحظة.
missing-slug = يُرجى إدخال اسم مختصر للعنوان.
missing-into = يُرجى إدخال رقم موضوع أو عنوانه.
missing-delegationId = يُرجى اختيار وفد.
missing-personTitle = يُرجى إدخال الوظيفة.
missing-until = يُرجى إدخال تاريخ الانتهاء.
missing-ownLanguage = يُرجى اختيار لغة.
missing-role = يُرجى اختيار دور.
missing-capacity = يُرجى اختيار صفة الكتابة.
missing-visibility = يُرجى اختيار من يمكنه القراءة.
save = حفظ
cancel = إلغاء
pages = الصفحات
pages-first = الصفحة الأولى
pages-next = الصفحة التالية
kind-EXPERIENCE = تجربة
kind-PRACTICE = ممارسة
kind-QUESTION = سؤال
kind-PROPOSAL = اقتراح
capacity-PERSONAL = بصفة شخصية
capacity-OFFICE = نيابةً عن المكتب
capacity-DELEGATION = باسم الوفد
visibility-PUBLIC = القراءة متاحة للجميع
visibility-MEMBERS = القراءة متاحة للأعضاء فقط
role-VISITOR = زائر
role-DELEGATE = مندوب
role-FOCAL_POINT = جهة تنسيق
role-MODERATOR = مشرف
role-SECRETARIAT = الأمانة
facet-tools = الأدوات
facet-methods = الأساليب
facet-regions = المناطق
invitation-OPEN = مفتوحة
invitation-ACCEPTED = مقبولة
invitation-REVOKED = ملغاة
invitation-EXPIRED = منتهية الصلاحية
field-title = العنوان
field-body = النص
field-body-hint = التنسيق (Markdown)، بما في ذلك الجداول:
field-language = لغة النص
field-kind = نوع الموضوع
field-visibility = من يمكنه القراءة
field-capacity = صفة الكتابة
field-delegation = الوفد
field-email = عنوان البريد الإلكتروني
field-password = كلمة المرور
field-password-hint = عدد أحرف كلمة المرور { $count } على الأقل.
field-current-password = كلمة المرور الحالية
field-new-password = كلمة المرور الجديدة
field-name = الاسم
field-person-title = الوظيفة
field-role = الدور
field-mandate-until = آخر يوم في التفويض (اختياري)
field-reason = السبب (اختياري)
field-label = التسمية
field-label-en = التسمية بالإنكليزية
field-definition = التعريف
field-slug = الاسم المختصر للعنوان (أحرف لاتينية صغيرة وأرقام وواصلات)
field-successor = المصطلح البديل
filter-any = الكل
filter-unread = الموضوعات ذات المشاركات غير المقروءة فقط
threads-title = الموضوعات
threads-new = بدء موضوع جديد
threads-filter = تصفية
threads-apply = عرض النتائج
threads-clear = عرض الكل
threads-count = { $count ->
    [0] لا توجد موضوعات
    [zero] لا توجد موضوعات
    [one] موضوع واحد
    [two] موضوعان
    [few] { $count } موضوعات
    [many] { $count } موضوعًا
   *[other] { $count } موضوع
}
threads-replies = { $count ->
    [0] لا توجد ردود
    [zero] لا توجد ردود
    [one] رد واحد
    [two] ردان
    [few] { $count } ردود
    [many] { $count } ردًا
   *[other] { $count } رد
}
threads-unread = غير مقروءة: { $count }
news-threads-one = عرض موضوع واحد جديد أو معدّل
news-threads-other = عرض الموضوعات الجديدة أو المعدّلة ({"{count}"})
news-threads-many = تغيّرت القائمة: عرض
news-replies-one = رد واحد جديد
news-replies-other = ردود جديدة: {"{count}"}
news-hidden = لم تعد قراءة هذا الموضوع ممكنة.
thread-tags = الوسوم
thread-retag = تعديل الوسوم
thread-change = تعديل العنوان أو النوع أو القراء
thread-earlier = المشاركات السابقة
thread-later = المشاركات اللاحقة
post-number = رقم { $count }
post-answers = رد على رقم { $count }
post-revision = التنقيح { $count }
post-withdrawn = سحبها صاحبها.
post-answer = رد
post-edit = تعديل
post-withdraw = سحب
reply-title = الرد
reply-to-post = ردًا على المشاركة المختارة
reply-send = إرسال الرد
reply-sign-in = تسجيل الدخول للرد
reply-answered-gone = لم تعد المشاركة التي ترد عليها هنا. يمكن إعادة الإرسال للرد على الموضوع.
reply-thread-merged = دُمج الموضوع في هذا الموضوع في هذه الأثناء. نصك محفوظ: يمكن إعادة الإرسال للرد هنا.
reply-sent-before = سبق إرسال صيغة سابقة من هذا النص. يمكنك إرسال هذه الصيغة أيضًا، أو تعديل الصيغة المرسلة.
field-date-malformed = تُرجى كتابة اليوم بترتيب السنة والشهر واليوم، بالصيغة ⁦YYYY-MM-DD⁩ (⁦2027-12-31⁩).
field-days-reversed = هذا التاريخ أسبق من تاريخ البداية.
field-zone-unknown = يُرجى اختيار منطقة من القائمة، مثل ⁦Africa/Nairobi⁩، أو ترك الحقل فارغًا لتوقيت ⁦UTC⁩.
draft-text = لديك مسودة لم تُرسل.
draft-restore = استعادة
draft-discard = حذف
new-title = بدء موضوع جديد
new-tags = الوسوم
new-tags-hint = أداة واحدة أو أسلوب واحد على الأقل، ومنطقة واحدة على الأقل.
new-send = نشر الموضوع
tags-title = تعديل الوسوم
change-title = تعديل الموضوع
change-members-hint = كتب آخرون هنا للأعضاء وحدهم. وللأمانة وحدها أن تتيح الموضوع للجميع.
edit-title = تعديل المشاركة
edit-theirs = النص الحالي
edit-yours = نصك
revisions-title = التنقيحات
withdraw-title = سحب المشاركة
withdraw-text = لن يتمكن أحد من قراءة النص بعد ذلك. ويبقى رقم المشاركة ومكانها.
withdraw-send = سحب
sign-in-title = تسجيل الدخول
sign-in-hint = تُنشأ الحسابات بناءً على دعوة: يُرجى التوجه إلى جهة التنسيق في وفدك أو إلى الأمانة. ولا تتطلب القراءة حسابًا.
sign-in-forgotten = هل نسيت كلمة المرور؟ يمكن لجهة التنسيق في وفدك أو للأمانة إنشاء رابط لك لاختيار كلمة مرور جديدة.
sign-in-accepted = سبق قبول هذه الدعوة. يُرجى تسجيل الدخول.
sessions-title = أجهزتك
sessions-current = هذا الجهاز
sessions-revoke = تسجيل الخروج
password-title = تغيير كلمة المرور
password-link-title = كلمة مرور جديدة
password-link-hint = لمن نسي كلمة المرور. سيرى صاحب الحساب أنك من أنشأ الرابط. واختيار كلمة مرور عبره يسجّل خروجه من جميع أجهزته.
password-link-make = إنشاء رابط
password-links-title = روابط لاختيار كلمة مرور جديدة
password-links-hint = من أنشأ لك رابطًا لاختيار كلمة مرور جديدة، ومتى. وإن لم يكن ذلك بطلب منك، فيُرجى تغيير كلمة المرور وإبلاغ الأمانة.
password-links-operator = الجهة المشغّلة للمنتدى
password-link-OPEN = صالح
password-link-USED = مستخدَم
password-link-REVOKED = حلّ محله رابط آخر
password-link-EXPIRED = منتهي الصلاحية
choose-password-title = اختيار كلمة مرور جديدة
choose-password-hint = بعد ذلك يُسجَّل دخولك هنا، ويُسجَّل خروجك من جميع الأجهزة الأخرى.
choose-password-send = حفظ وتسجيل الدخول
closed-title = لم يعد هذا الرابط صالحًا
closed-home = إلى الصفحة الرئيسية
closed-unknown = هذا الرابط غير معروف. ربما لم يُنسخ كاملًا.
closed-invitation-accepted = سبق أن أُنشئ حساب بهذه الدعوة. إن كان حسابك، فيُرجى تسجيل الدخول.
closed-invitation-revoked = أُلغيت هذه الدعوة.
closed-invitation-expired = انتهت صلاحية هذه الدعوة.
closed-invitation-whom = للحصول على دعوة جديدة، يُرجى التوجه إلى صاحب الدعوة، أو إلى جهة التنسيق في وفدك، أو إلى الأمانة.
closed-password-used = سبق اختيار كلمة مرور عبر هذا الرابط. يُرجى تسجيل الدخول بها.
closed-password-revoked = أُنشئ لك رابط أحدث. يُرجى استخدامه.
closed-password-expired = انتهت صلاحية هذا الرابط.
closed-password-whom = للحصول على رابط جديد، يُرجى التوجه إلى جهة التنسيق في وفدك أو إلى الأمانة.
invitations-title = الدعوات
invitations-link = يُرجى إرسال هذا الرابط إلى الشخص المدعو. وهو صالح لمرة واحدة، ولن يُعرض مرة أخرى:
link-copy = نسخ الرابط
link-copied = تم النسخ.
invitations-send = إنشاء الدعوة
invitations-choose = الاختيار…
invitations-made = الدعوات المنشأة
invitations-revoke = إلغاء الدعوة
accept-title = قبول الدعوة
accept-by = بدعوة من
accept-email-hint = سيُستخدم هذا العنوان لتسجيل الدخول. وإذا تُرك فارغًا، استُخدم العنوان التالي:
accept-send = إنشاء الحساب
about-what = يتبادل مندوبو الدول الأعضاء هنا الأدوات والأساليب والتجارب في مجال المساعدة التقنية. والقراءة متاحة للجميع.
about-operator = تديره: { $value }.
about-licence = تُنشر المساهمات بموجب
about-api = تستخدم البرامج الأخرى واجهة GraphQL البرمجية نفسها:
vocabulary-intro = الأدوات والأساليب والمناطق التي توسم بها الموضوعات.
vocabulary-threads = { $count ->
    [0] لا توجد موضوعات
    [zero] لا توجد موضوعات
    [one] موضوع واحد
    [two] موضوعان
    [few] { $count } موضوعات
    [many] { $count } موضوعًا
   *[other] { $count } موضوع
}
vocabulary-narrower = مصطلحات أضيق
vocabulary-none = لا يوجد شيء حتى الآن.
vocabulary-deprecated = لم يعد مستخدمًا. ويحل محله:
vocabulary-change = تعديل التسمية والتعريف
vocabulary-add = إضافة مصطلح أضيق
vocabulary-deprecate = وقف استخدام هذا المصطلح
nav-notices = { $count ->
    [0] الإشعارات
    [zero] الإشعارات
    [one] الإشعارات ({ $count })
    [two] الإشعارات ({ $count })
    [few] الإشعارات ({ $count })
    [many] الإشعارات ({ $count })
   *[other] الإشعارات ({ $count })
}
thread-decide = الإشراف على الموضوع
thread-locked = أُغلق هذا الموضوع بموجب قرار، ولا يمكن الرد فيه:
post-decide = الإشراف
post-hidden = حُجبت بموجب قرار:
post-hidden-text = النص المحجوب الذي لا يراه الآخرون
decide-text = يُدرج القرار في السجل العام. ويُبلَّغ به صاحب النص مع بيان السبب.
decide-reason = السبب
decide-explanation = الشرح، لصاحب النص وللجمهور
decide-withhold = عدم نشر الشرح (لأنه يكشف النص المحجوب)
act-HIDE_POST = حجب المشاركة
act-RESTORE_POST = إعادة عرض المشاركة
act-ACCEPT_ANSWER = تحديد كإجابة
act-WITHDRAW_ANSWER = إزالة علامة الإجابة
act-LOCK_THREAD = إغلاق الموضوع
act-UNLOCK_THREAD = إعادة فتح الموضوع
decided-for-OFF_TOPIC = خارج عن الموضوع
decided-for-DISRESPECTFUL = إخلال بالاحترام
decided-for-CONFIDENTIAL = محتوى سري
decided-for-PERSONAL_DATA = بيانات شخصية
decided-for-UNLAWFUL = مخالفة للقانون
decided-for-ADVERTISING = دعاية
decided-for-DUPLICATE = مكرر
decided-for-SETTLED = مسألة محسومة
decided-for-MISTAKEN = خطأ في قرار سابق
decided-for-OTHER = سبب آخر
ledger-title = سجل القرارات
ledger-text = السجل العام الدائم لجميع قرارات الإشراف. ويتضمن كل قيد بصمة القيد الذي يسبقه، فلا يمكن تغيير أي قيد دون أن يُكتشف ذلك.
ledger-file = السجل نفسه في شكل ملف، للتحقق منه باستخدام «⁦partage ledger verify⁩»
ledger-empty = لم يصدر أي قرار حتى الآن.
ledger-appeal = طعن
ledger-appeal-of = في القرار رقم { $count }
ledger-not-shown = بشأن محتوى غير متاح لك
ledger-withheld = لم يُنشر الشرح، لأنه يكشف النص المحجوب.
ledger-not-told = الشرح متاح فقط لمن يمكنهم الاطلاع على المحتوى المعني.
ledger-undoes = تراجع عن القرار رقم { $count }
ledger-undone = جرى التراجع عنه بالقرار رقم { $count }
ledger-undo = التراجع عن القرار
notices-title = الإشعارات
notices-empty = لا توجد قرارات بشأن مشاركاتك أو حسابك.
notices-in-ledger = القرار رقم { $count }
notices-read = وضع علامة مقروء
revision-by-decision = بموجب قرار
people-title = الأشخاص
people-search = الاسم
people-none = لا يوجد أحد بهذا الاسم.
person-mandates = التفويضات
person-names = الأسماء السابقة
person-scope = المناطق المسندة إلى هذا الشخص للإشراف عليها
person-reviewed = يخضع ما يكتبه هذا الشخص للموافقة.
scope-title = إسناد مناطق إلى هذا الشخص للإشراف عليها
scope-give = إسناد هذه المناطق بدلًا من المناطق الحالية
queue-title = الإشراف
queue-done = تم.
queue-count = { $count ->
    [0] لا توجد حالات
    [zero] لا توجد حالات
    [one] حالة واحدة
    [two] حالتان
    [few] { $count } حالات
    [many] { $count } حالة
   *[other] { $count } حالة
}
queue-next = النظر في أقدم حالة
queue-filter = التصفية بحسب المنطقة والأداة والأسلوب والنوع والمدة
queue-state = الوضع
queue-kind = نوع الحالة
queue-held = المكلّف بالحالة
queue-days = مفتوحة منذ ما لا يقل عن (أيام)
queue-empty = لا توجد حالات قيد الانتظار.
queue-select = تحديد
queue-bulk = اتخاذ قرار بشأن العناصر المحددة
case-state-OPEN = مفتوحة
case-state-RESOLVED = مغلقة
case-kind-REPORT = بلاغ
case-kind-APPROVAL = نص ينتظر الموافقة
case-kind-APPEAL = طعن
case-held-BY_ME = أنا
case-held-BY_NOBODY = لا أحد حتى الآن
case-of-person = شخص
case-due = تُحال إلى الأمانة في
case-held-by = مسندة إلى
case-claim = إسناد الحالة إليّ
case-release = التخلي عن الحالة
case-done = تم. وهذه هي الحالة التالية.
case-about = المحتوى المعني
case-thread = الموضوع
case-reports = { $count ->
    [zero] لا توجد بلاغات
    [one] بلاغ واحد
    [two] بلاغان
    [few] { $count } بلاغات
    [many] { $count } بلاغًا
   *[other] { $count } بلاغ
}
case-history = القرارات السابقة بشأن هذه المشاركة وموضوعها وصاحبها
case-no-history = لا يوجد.
case-notes = الملاحظات
case-decide = اتخاذ قرار
case-on-author = اتخاذ قرار بشأن صاحب المشاركة
case-work = معالجة الحالة
case-assign-to = إسناد الحالة إلى
case-assign = إسناد
case-note = ملاحظة للمشرفين والأمانة
case-note-send = حفظ الملاحظة
appeal-against = القرار المطعون فيه
appeal-text = الطعن
appeal-answer = البت في الطعن
appeal-what = نتيجة الطعن
appeal-uphold = يبقى القرار قائمًا
appeal-overturn = يُلغى القرار
appeal-send-answer = إرسال الرد
appeal-title = الطعن في القرار
appeal-how = سيعيد النظر في المسألة شخص غير الذي اتخذ القرار. ولا يجوز الطعن في القرار الواحد إلا مرة واحدة. ولا يقرأ نص الطعن سوى المشرفين والأمانة، ولا يُنشر.
appeal-body = أسباب طلب إلغاء القرار
appeal-send = تقديم الطعن
appeal-waits = هناك طعن لم يُبتّ فيه بعد؛ وموعد إحالته إلى الأمانة هو
appeal-outcome-UPHELD = بعد النظر في الطعن، يبقى القرار قائمًا.
appeal-outcome-OVERTURNED = بعد النظر في الطعن، أُلغي القرار.
appeals-title = طعوني
appeals-text = للطعن في قرار يخصك، يُرجى فتح الإشعار المتعلق به:
appeals-empty = لم تقدّم أي طعن.
proposals-title = قرارات تنتظر تأكيد شخص ثانٍ
proposal-confirm = تأكيد القرار
proposal-decline = رفض
proposal-take-back = سحب الاقتراح
choose-title = الإشراف
choose-none = لا يوجد هنا ما يمكنك اتخاذ قرار بشأنه الآن.
choose-proposals = يلزم تأكيد شخص ثانٍ
decide-proposes = يتطلب هذا القرار شخصين. وعندما يؤكده شخص آخر، يُدرج في السجل العام ويُبلَّغ به المعنيون.
decide-propose = اقتراح القرار
decide-until = حتى نهاية هذا اليوم (UTC)
decide-until-optional = حتى نهاية هذا اليوم (UTC؛ اختياري)
decide-body-hint = لن يتمكن أحد من قراءة النص السابق. وتُوسم المشاركة بأن الإشراف عدّلها.
decide-seconds = عدد الثواني بين ردّين للشخص نفسه (0: دون انتظار)
decide-into = رابط الموضوع الآخر
decide-into-hint = يجب أن يكون للموضوعين القراء أنفسهم. وتُنقل جميع المشاركات إلى نهاية الموضوع الآخر؛ وتظل روابطها السابقة تؤدي إليها.
decide-new-title = عنوان الموضوع الجديد
decide-as-it-is = دون تغيير
decide-tags-hint = للإبقاء على الوسوم الحالية، لا حاجة إلى اختيار أي وسم.
decision-until = حتى
undo-title = التراجع عن القرار رقم { $count }
undo-text = سيعود كل شيء إلى ما كان عليه قبل ذلك القرار. ويُدرج التراجع في السجل العام، ويُبلَّغ به المعنيون.
report-title = الإبلاغ
report-text = سينظر في بلاغك أحد المشرفين أو الأمانة. وسيطلعون على نص البلاغ؛ ولا يطلع المشرفون على اسمك. وستُبلَّغ بالنتيجة.
report-note = وجه الاعتراض (اختياري)
report-send = إرسال البلاغ
report-done = أُرسل البلاغ. شكرًا لك.
report-made = تاريخ بلاغك بهذا الشأن:
report-outcome = نتيجة البلاغ:
report-waits = لم يصدر قرار بعد. وسيصلك إشعار بالنتيجة.
report-back = العودة
restriction-MUTED = ممنوع من الكتابة، بموجب قرار
restriction-SUSPENDED = الحساب معلّق، بموجب قرار
restricted-MUTED = بموجب قرار، لا يمكنك الكتابة مؤقتًا. ويمكنك القراءة والطعن.
restricted-SUSPENDED = بموجب قرار، عُلّق حسابك مؤقتًا. ويمكنك قراءة ما هو متاح للجمهور، والطعن.
rule-MODERATOR = صدر القرار عن مشرف، في حدود المناطق المسندة إلى المشرفين.
rule-SECRETARIAT = صدر القرار عن الأمانة، ولها صلاحية اتخاذ القرارات في كل مكان.
rule-confirmed = وأكده شخص ثانٍ.
notices-of-report = نتيجة بلاغك.
notices-on-you = هذا القرار يخصك شخصيًا.
notices-appeal = { $count ->
    [zero] يمكنك الطعن خلال { $count } يوم من صدور القرار.
    [one] يمكنك الطعن خلال يوم واحد من صدور القرار.
    [two] يمكنك الطعن خلال يومين من صدور القرار.
    [few] يمكنك الطعن خلال { $count } أيام من صدور القرار.
    [many] يمكنك الطعن خلال { $count } يومًا من صدور القرار.
   *[other] يمكنك الطعن خلال { $count } يوم من صدور القرار.
}
ledger-signed = كل قيد في السجل موقّع. والمفتاح العام هو
ledger-into = إلى
ledger-appealed = مطعون فيه، القيد رقم { $count }.
ledger-appeal-waits = لم يُبتّ في الطعن بعد.
thread-report = الإبلاغ عن الموضوع
thread-pinned = مثبّت
thread-is-locked = مغلق
thread-changed = معدّل بموجب قرار
thread-archived = أُدرج هذا الموضوع في الأرشيف بموجب قرار، ولا يمكن الرد فيه:
thread-slowed = بموجب قرار، يُسمح لكل شخص برد واحد هنا خلال المدة التالية بالثواني: { $count }.
thread-reviewed = بموجب قرار، لا يمكن للآخرين قراءة الردود هنا إلا بعد الموافقة عليها.
thread-waits-title = موضوع ينتظر الموافقة
thread-waits = النص الافتتاحي ينتظر الموافقة، أو لم تتم الموافقة عليه. وإلى ذلك الحين، لا يرى الآخرون العنوان ولا النص.
threads-pinned = الموضوعات المثبّتة
filter-archived = الموضوعات المؤرشفة
post-report = إبلاغ
post-edited-by-decision = عدّلها الإشراف
post-erased = مُحيت بموجب قرار:
post-moved = توجد هذه المشاركة الآن في موضوع آخر:
post-state-PUBLISHED = منشورة.
post-state-WITHDRAWN = سحبها صاحبها.
post-state-HIDDEN = حُجبت بموجب قرار.
post-state-ERASED = مُحيت بموجب قرار.
post-state-WAITING = تنتظر الموافقة. ولا يمكن للآخرين قراءتها بعد.
post-state-REJECTED = لم تتم الموافقة عليها.
post-state-MOVED = نُقلت إلى موضوع آخر.
post-waiting-text = النص الذي لا يراه الآخرون بعد
reply-waits = يخضع ما يُكتب هنا للموافقة قبل أن يتمكن الآخرون من قراءته.
reply-next-at = يمكنك الرد من جديد اعتبارًا من
field-seconds-malformed = تُرجى كتابة عدد صحيح من الثواني لا يتجاوز { $count }.
field-days-malformed = تُرجى كتابة عدد صحيح من الأيام لا يتجاوز { $count }.
act-EDIT_POST = تعديل المشاركة
act-ERASE_POST = محو النص نهائيًا
act-PIN_THREAD = تثبيت الموضوع
act-UNPIN_THREAD = إلغاء تثبيت الموضوع
act-ARCHIVE_THREAD = أرشفة الموضوع
act-UNARCHIVE_THREAD = إعادة الموضوع إلى القوائم
act-CHANGE_THREAD = تعديل العنوان أو النوع أو القراء أو الوسوم
act-SLOW_THREAD = الحد من وتيرة الردود
act-SPLIT_POSTS = نقل المشاركات إلى موضوع جديد
act-JOIN_POSTS = إعادة المشاركات إلى مكانها
act-MERGE_THREADS = الدمج في موضوع آخر
act-PART_THREADS = فصل الموضوعات المدمجة
act-REVIEW_THREAD = إخضاع الردود للموافقة قبل عرضها
act-TRUST_THREAD = رفع شرط الموافقة عن الردود
act-REVIEW_PERSON = إخضاع نصوص هذا الشخص للموافقة قبل عرضها
act-TRUST_PERSON = رفع شرط الموافقة عن نصوص هذا الشخص
act-APPROVE_POST = الموافقة على النص
act-REJECT_POST = عدم الموافقة على النص
act-HOLD_POST = إعادة النص إلى انتظار الموافقة
act-WARN_PERSON = توجيه إنذار إلى الشخص
act-WITHDRAW_WARNING = سحب الإنذار
act-MUTE_PERSON = منع الشخص من الكتابة مؤقتًا
act-SUSPEND_PERSON = تعليق حساب الشخص مؤقتًا
act-REINSTATE_PERSON = رفع القيد عن الشخص
act-DISMISS_REPORTS = دون إجراء: إغلاق البلاغات
act-REOPEN_REPORTS = إعادة فتح البلاغات
act-UPHOLD_DECISION = الإبقاء على القرار كما هو
done-HIDE_POST = حُجبت المشاركة
done-RESTORE_POST = أُعيد عرض المشاركة
done-ACCEPT_ANSWER = حُدِّدت كإجابة
done-WITHDRAW_ANSWER = أُزيلت علامة الإجابة
done-LOCK_THREAD = أُغلق الموضوع
done-UNLOCK_THREAD = أُعيد فتح الموضوع
done-EDIT_POST = عُدّلت المشاركة
done-ERASE_POST = مُحي النص نهائيًا
done-PIN_THREAD = ثُبّت الموضوع
done-UNPIN_THREAD = أُلغي تثبيت الموضوع
done-ARCHIVE_THREAD = أُرشف الموضوع
done-UNARCHIVE_THREAD = أُعيد الموضوع إلى القوائم
done-CHANGE_THREAD = عُدّل العنوان أو النوع أو القراء أو الوسوم
done-SLOW_THREAD = حُدّت وتيرة الردود
done-SPLIT_POSTS = نُقلت المشاركات إلى موضوع جديد
done-JOIN_POSTS = أُعيدت المشاركات إلى مكانها
done-MERGE_THREADS = دُمج الموضوع في موضوع آخر
done-PART_THREADS = فُصلت الموضوعات المدمجة
done-REVIEW_THREAD = أُخضعت الردود للموافقة قبل عرضها
done-TRUST_THREAD = رُفع شرط الموافقة عن الردود
done-REVIEW_PERSON = أُخضعت نصوص هذا الشخص للموافقة قبل عرضها
done-TRUST_PERSON = رُفع شرط الموافقة عن نصوص هذا الشخص
done-APPROVE_POST = تمت الموافقة على النص
done-REJECT_POST = لم تتم الموافقة على النص
done-HOLD_POST = أُعيد النص إلى انتظار الموافقة
done-WARN_PERSON = وُجّه إنذار إلى الشخص
done-WITHDRAW_WARNING = سُحب الإنذار
done-MUTE_PERSON = مُنع الشخص من الكتابة مؤقتًا
done-SUSPEND_PERSON = عُلّق حساب الشخص مؤقتًا
done-REINSTATE_PERSON = رُفع القيد عن الشخص
done-DISMISS_REPORTS = دون إجراء؛ أُغلقت البلاغات
done-REOPEN_REPORTS = أُعيد فتح البلاغات
done-UPHOLD_DECISION = أُبقي على القرار كما هو
about-rules = القواعد
about-rule-capacity = تُذكر الصفة التي يُكتب بها كل نص. والرأي الشخصي ليس موقف الوفد، ويُعرض على هذا الأساس.
about-rule-respect = يدور النقاش حول المسائل لا حول الأشخاص. ولا يجوز التهجم على أي دولة ولا الترويج لأي جهة.
about-rule-clearance = لا يُنشر إلا ما يجوز نشره: لا محتوى سري، ولا بيانات شخصية للآخرين.
about-rule-edits = يمكن تعديل ما كتبته وسحبه. تبقى التنقيحات السابقة مقروءة؛ والنص المسحوب لا يُعرض على أحد.
about-rule-moderation = يُعلَّل كل قرار بشأن نص وتُذكر قاعدته. ويُبلَّغ به المعني ويجوز له الطعن فيه. وتُدرج جميع القرارات في السجل.
about-rule-equal = تجوز الكتابة بأي من اللغات الست. والترجمات من عمل أشخاص، ويبقى الأصل هو النص المعتمد.
about-whose = من يدير المنتدى
close = إغلاق
delegation-all = جميع موضوعات الوفد
delegation-threads = الموضوعات التي بدأها هذا الوفد
delegation-kind-MEMBER_STATE = الدول الأعضاء
delegation-kind-OBSERVER = المراقبون
delegation-kind-SECRETARIAT = الأمانة
delegations-none = لا يوجد وفد بهذا الاسم.
draft-keep = حفظ المسودة
draft-kept = مسودتك المحفوظة في { $value }
draft-kept-now = حُفظت المسودة.
draft-conflict = حفظ جهاز آخر مسودة أخرى لهذا النص. مسودتك باقية هنا.
draft-REPLY = رد
draft-EDIT = تعديل
draft-THREAD = موضوع جديد
draft-TRANSLATION = ترجمة
drafts-title = المسودات
drafts-text = ما لم يُرسل بعد. لا يراه سواك، على كل جهاز تسجّل الدخول منه.
drafts-none = لا توجد لديك مسودات.
field-mandate = باسم
filter-language = لغة الموضوع
filter-from = بدأ في هذا اليوم أو بعده
filter-until = بدأ في هذا اليوم أو قبله
filter-followed = الموضوعات التي أتابعها أو كتبت فيها فقط
filter-under-followed = ذات الوسوم التي أتابعها فقط
follow = متابعة
unfollow = إلغاء المتابعة
home-title = الجديد لك
home-own = غير المقروء في الموضوعات التي تتابعها أو كتبت فيها
home-own-none = لا يوجد ما لم يُقرأ. وستظهر هنا المشاركات الجديدة في الموضوعات التي تتابعها.
home-under = غير المقروء ذو الوسوم التي تتابعها
home-under-none = يمكن متابعة أداة أو أسلوب أو منطقة من صفحتها، فتظهر موضوعاتها هنا.
home-nothing = لا جديد.
home-delegation = موضوعات وفدك:
home-latest = أحدث الموضوعات
home-all = الكل ({ $count })
home-all-threads = جميع الموضوعات
home-drafts = متابعة مسودة
keys-title = اختصارات لوحة المفاتيح
keys-hint = يمكن الضغط على ? لعرض اختصارات لوحة المفاتيح.
keys-help = عرض هذه القائمة
keys-next = المشاركة أو الموضوع التالي أو السابق
keys-unread = أول مشاركة غير مقروءة
keys-reply = الرد
keys-home = الجديد لك
keys-send = إرسال النص
keys-off = تعطيل الاختصارات ذات المفتاح الواحد في هذا المتصفح
thread-cite = عند الاستشهاد بمشاركة يُذكر رقمها ورقم تنقيحها:
nav-delegations = الوفود
person-posts = المشاركات
post-quote = اقتباس
post-translate = ترجمة
preview-note-HTML_AS_TEXT = يُعرض HTML كنص.
preview-note-IMAGE_AS_LINK = تُعرض الصورة كرابط إليها.
preview-note-ADDRESS_AS_TEXT = لا تصبح روابطَ إلا عناوين الويب والبريد الإلكتروني؛ ويُعرض ما عداها كنص.
preview-note-CODE_LANGUAGE_NOT_SHOWN = الكلمة التي تلي علامة كتلة التعليمات البرمجية تدل على لغتها البرمجية ولا تُعرض.
preview = معاينة
revisions-changes = ما تغيّر منذ التنقيح السابق:
revisions-whole = النص كاملًا
settings-title = الإعدادات
settings-profile = صفحتي
settings-saved = تم الحفظ.
settings-language = لغة الصفحات
settings-zone = المنطقة الزمنية
settings-zone-hint = مثل ⁦Africa/Nairobi⁩ أو ⁦Europe/Zurich⁩. إذا تُرك فارغًا فالأوقات بتوقيت UTC.
settings-presence = السماح للأعضاء برؤية أنني أقرأ أو أكتب
settings-announces = إعلان المشاركات الجديدة لقارئات الشاشة
settings-text-only = نص فقط: صفحات بلا برامج نصية ولا زخارف، للاتصالات البطيئة جدًا
settings-export = بياناتك
settings-export-text = ملف بكل ما يحفظه المنتدى عنك: الحساب والمشاركات وتنقيحاتها والمسودات والإشعارات وما تتابعه.
settings-export-get = تنزيل
thread-first-unread = إلى أول مشاركة غير مقروءة
translate-title = ترجمة مشاركة
translate-text = يبقى الأصل هو النص المعتمد. وتُعرض ترجمتك على قرّاء تلك اللغة مع اسمك.
translate-into = لغة الترجمة
translate-choose = عرض النص بهذه اللغة
translate-there-is = توجد ترجمة باللغة { $value } بالفعل. يُرجى الاطلاع عليها أولًا، أو تأكيد أن ترجمتك تحل محلها.
translate-replace = استبدال الترجمة الموجودة باللغة { $value }
translate-yours = ترجمتك
translate-send = نشر الترجمة
translation-by = ترجمة: { $value }
translation-outdated = عُدّل الأصل بعد ذلك.
translation-original = الأصل
translation-change = تعديل الترجمة
translation-withdraw = سحب الترجمة
news-reply-by = رد جديد من ⁨{"{value}"}⁩
news-line-lost = لا يوجد اتصال. ما تكتبه يُحفظ ويُرسل لاحقًا.
presence-one = قارئ واحد
presence-other = عدد القرّاء: {"{count}"}
presence-writing = ⁨{"{value}"}⁩ يكتب
outbox-waits = سيُرسل تلقائيًا عند عودة الاتصال.
outbox-sending = جارٍ الإرسال…
outbox-refused = تعذّر الإرسال:
outbox-take-back = استرجاع للتعديل
outbox-discard = حذف
outbox-place = فتح الصفحة التي كُتب فيها
toolbar = التنسيق
toolbar-bold = غامق
toolbar-italic = مائل
toolbar-quote = اقتباس
toolbar-list = قائمة
toolbar-link = رابط
tags-search = البحث عن وسم بأي لغة
thread-untranslated = { $count ->
    [zero] لا مشاركات بغير لغتك
    [one] مشاركة واحدة ليست بلغتك
    [two] مشاركتان ليستا بلغتك
    [few] { $count } مشاركات ليست بلغتك
    [many] { $count } مشاركة ليست بلغتك
   *[other] { $count } مشاركة ليست بلغتك
}
explorer-title = مستكشف واجهة البرمجة
explorer-what = يمكن هنا كتابة استعلامات GraphQL وتنفيذها. وتُنفَّذ عمليات التعديل باسمك كما في الصفحات الأخرى.
explorer-schema = المخطط في ملف
explorer-scripts = يحتاج المستكشف إلى JavaScript.
explorer-examples = أمثلة
explorer-example-threads = الموضوعات
explorer-example-vocabulary = المناطق
explorer-example-viewer = أنت
explorer-example-live = الأحداث المباشرة
explorer-document = المستند
explorer-operation = العملية
explorer-variables = المتغيرات (بصيغة JSON)
explorer-more = إعدادات أخرى
explorer-token = رمز الوصول
explorer-token-hint = الرمز الذي أعادته العملية signIn. إذا تُرك فارغًا استُخدمت جلستك.
explorer-cost = إظهار كلفة المستند
explorer-run = تنفيذ (⁦Ctrl + Enter⁩)
explorer-stop = إيقاف
explorer-answer = الرد
explorer-documentation = الوثائق
explorer-find = البحث عن نوع أو حقل
explorer-all = جميع الأنواع
explorer-asking = جارٍ التنفيذ…
explorer-deprecated = مهمَل:
explorer-ended = انتهى
explorer-following = في انتظار الأحداث…
explorer-no-line = تعذّر الوصول إلى المنتدى.
explorer-none = لم يُعثر على شيء.
explorer-use = كتابة مستند بهذا الحقل
explorer-variables-wrong = المتغيرات ليست بصيغة JSON صحيحة:
strip-down = لا يوجد اتصال.
strip-up = عاد الاتصال.
strip-waits = بانتظار الإرسال: { $count }
strip-refused = لم يُرسل: { $count }
strip-kept = محفوظ هنا ولم يُرسل: { $count }
kept-here = محفوظ في هذا المتصفح
draft-choose = لنصك نسختان: يُرجى اختيار إحداهما
draft-mine = المكتوبة هنا
draft-theirs = المحفوظة على جهاز آخر
draft-keep-mine = الاحتفاظ بهذه
draft-take-theirs = استخدام هذه
offline-title = لا يوجد اتصال
offline-text = هذه الصفحة غير محفوظة في هذا المتصفح، وستُحمَّل تلقائيًا عند عودة الاتصال.
offline-kept = يمكن قراءة هذه الموضوعات الآن
sign-out-unsent = نصوص لم تُرسل ولم تُحفظ كمسودات: { $count }. ستضيع عند تسجيل الخروج الآن. هل تريد تسجيل الخروج مع ذلك؟

choose-one = الاختيار…
missing-overturn = يُرجى اختيار ما إذا كان القرار يبقى قائمًا أم يُلغى.
missing-successorId = يُرجى اختيار المصطلح الذي يحل محله.
missing-personId = يُرجى اختيار شخص.
retire-title = وقف استخدام مصطلح
retire-term = المصطلح
retire-touches = الموضوعات المتأثرة
retire-text = تحتفظ موضوعاته بالوسم، لكنها تُعرض من الآن فصاعدًا وتُحصى ويُعثر عليها تحت المصطلح البديل. ولا يعود بإمكان أحد اختيار المصطلح. ويمكن إعادته إلى الاستخدام.
retire-next = وقف استخدام هذا المصطلح…
vocabulary-restore = إعادة هذا المصطلح إلى الاستخدام
case-withdrawn = يمكن للمشرفين والأمانة قراءته إلى أن تُغلق الحالة.
case-as-reported = النص عند الإبلاغ عنه:
post-withdrawn-text = النص المسحوب، لمن يبتّون في البلاغ
differs-title = نسختان من مسودة
differs-text = حُفظت هذه المسودة في مكان آخر في هذه الأثناء. النسختان هنا إلى أن تختار.
differs-discard-text = لم يُحذف أي نص: حُفظت هذه المسودة في مكان آخر بعد تحميل الصفحة. النصان هنا إلى أن تختار.
differs-theirs = المحفوظة في مكان آخر
differs-keep-theirs = الاحتفاظ بهذه النسخة
differs-discard = حذف النصين
differs-shown = كما عرضتها الصفحة
differs-mine = المكتوبة هنا
differs-keep-mine = الاحتفاظ بهذه النسخة بدلًا منها
drafts-no-place = مكان هذه المسودة مغلق أو لم يعد متاحًا لك. النص هنا كاملًا ويمكن نسخه.
comma = {"، "}
list-comma = {"، "}
colon = {": "}
bracket-open = {" ("}
bracket-close = {")"}
vocabulary-carried = { $count ->
    [0] لا يحمله أي موضوع.
    [zero] لا يحمله أي موضوع.
    [one] يحمله موضوع واحد، ويُعثر عليه الآن تحت ما حلّ محله:
    [two] يحمله موضوعان، ويُعثر عليهما الآن تحت ما حلّ محله:
    [few] تحمله { $count } موضوعات، ويُعثر عليها الآن تحت ما حلّ محله:
    [many] يحمله { $count } موضوعًا، ويُعثر عليها الآن تحت ما حلّ محله:
   *[other] يحمله { $count } موضوع، ويُعثر عليها الآن تحت ما حلّ محله:
}
vocabulary-threads-of = موضوعات { $value }
about-unnamed = تديره جهة مستقلة.
device-on = { $browser } على { $system }
device-browser = متصفح
device-whole = الاسم الكامل للمتصفح
excerpt-whole = عرض النص كاملًا
revision-language = اللغة: { $before } ← { $after }
choose-language = اختيار لغة
reply-sent = أُرسل ردك:
reply-role-may-not = دورك لا يسمح بالرد.
done-undone = التراجع عن القرار رقم { $count } ({ $value })
invitations-capacity = أعلى صفة للكتابة
invitations-until = صالحة حتى
invitations-none = لا توجد دعوات حتى الآن.
password-link-hand-over = يُرجى إرسال هذا الرابط إلى من نسي كلمة المرور. وهو صالح لمرة واحدة، ولن يُعرض مرة أخرى:
tags-none = لم يُعثر على أي وسم.
case-history-thread = القرارات السابقة بشأن هذا الموضوع وصاحبه
case-history-person = القرارات السابقة بشأن هذا الشخص
language-name-AR = العربية
language-name-EN = الإنكليزية
language-name-ES = الإسبانية
language-name-FR = الفرنسية
language-name-RU = الروسية
language-name-ZH = الصينية
nav-menu = القائمة
search = بحث
identifier = منتدى مستقل لمندوبي الدول الأعضاء بشأن المساعدة التقنية. تديره { $value }؛ وهو ليس من خدمات الويبو.
nav-account = الحساب
short-minutes = { $count } د
short-hours = { $count } س
short-days = { $count ->
    [zero] اليوم
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
}
time-minutes = { $count ->
    [zero] الآن
    [one] قبل دقيقة
    [two] قبل دقيقتين
    [few] قبل { $count } دقائق
    [many] قبل { $count } دقيقة
   *[other] قبل { $count } دقيقة
}
time-hours = { $count ->
    [zero] الآن
    [one] قبل ساعة
    [two] قبل ساعتين
    [few] قبل { $count } ساعات
    [many] قبل { $count } ساعة
   *[other] قبل { $count } ساعة
}
time-days = { $count ->
    [zero] اليوم
    [one] أمس
    [two] قبل يومين
    [few] قبل { $count } أيام
    [many] قبل { $count } يومًا
   *[other] قبل { $count } يوم
}
foot-api = للمبرمجين (API)
sort = الترتيب
sort-active = آخر نشاط
sort-newest = الأحدث
sort-most-posts = الأكثر مشاركات
remove-filter = إزالة:
translated-mark = مترجَم
post-opener = المشاركة الافتتاحية
post-cite = استشهاد
post-more = المزيد
rail-posts = في هذا الموضوع
rail-jump = الانتقال إلى رقم
rail-jump-go = انتقال
welcome-title = تبادل ما ينجح في المساعدة التقنية
welcome-text = يعرض مندوبو الدول الأعضاء هنا الأدوات والأساليب التي استخدموها، ويطرح بعضهم الأسئلة على بعض ويجيبون عنها بست لغات. القراءة متاحة للجميع، والكتابة للمندوبين بدعوة.
home-take-part = كيفية المشاركة
home-take-1 = القراءة: لا حاجة إلى حساب.
home-take-2 = الدعوة: تُطلب من جهة التنسيق في وفدك.
home-take-3 = المشاركة: رد أو سؤال أو وصف لما جرّبته.
door-tools = حسب الأداة
door-methods = حسب الأسلوب
door-regions = حسب المنطقة
door-all = الكل ({ $value })
empty-ask = طرح السؤال
members-only = للأعضاء فقط
filter-title = كلمات في العنوان
search-titles = البحث في عناوين الموضوعات
titles-searched = يشمل البحث عناوين الموضوعات الأحدث نشاطًا، وعددها { $count } على الأكثر.
empty-threads = لا يوجد موضوع يطابق جميع هذه الشروط
empty-threads-text = يمكن إزالة أحد عوامل التصفية، أو توسيع نطاق المنطقة، أو طرح السؤال.
home-questions = أسئلة بلا إجابة
home-followed = الوسوم التي تتابعها
rail = حول هذا الموضوع
density = الكثافة
density-full = مع مقتطفات
density-compact = العناوين فقط
design-title = تصميم الصفحات
design-text = العناصر التي تتكون منها الصفحات بحالاتها المختلفة: لمن يكتب القوالب ولمن يراجعها.
design-colours = الألوان
design-type = الخطوط
design-buttons = الأزرار
design-marks = رموز الوفود
design-badges = الشارات
design-fields = الحقول
design-choices = البحث والمرشحات والوسوم والقوائم
design-banners = رسائل الصفحة
design-figures = الأرقام والصفحات
design-icons = الأيقونات
help-title = المساعدة
help-intro = صفحات قصيرة، صفحة لكل مهمة.
help-on-page = في هذه الصفحة
help-all = جميع صفحات المساعدة
help-link = المساعدة: { $value }
ledger-number = رقم { $count }
home-all-questions = جميع الأسئلة بلا إجابة
post-accepted = الإجابة المعتمدة
post-accept = تحديد كإجابة
post-unaccept = إزالة العلامة
acknowledge-SAME_PRACTICE = نحن نفعل ذلك أيضًا
acknowledge-USEFUL = مفيد لنا
thread-answered = أُجيب عنه
thread-unanswered = بلا إجابة بعد
filter-answered = الأسئلة
