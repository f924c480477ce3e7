"""The sentences of accounts' codes, and the names of roles and kinds that its pages show."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "accounts.office_phone": N_("电话写得不完整：请写区号和号码，例如 0371-2345678。"),
        "accounts.name_missing": N_("请填写姓名：同事和主办单位会看到它。"),
        "accounts.contact_missing": N_("请填写手机号或邮箱，至少一项：登录和联系都用它。"),
        "accounts.email_form": N_("邮箱「%(text)s」写法不对：请核对，例如 name@example.com。"),
        "accounts.mobile_form": N_(
            "手机号「%(text)s」写法不对：请填 11 位手机号，境外号码以 + 和国家代码开头。"
        ),
        "accounts.login_form": N_(
            "看不出是手机号还是邮箱：请填 11 位手机号，或 name@example.com 这样的邮箱。"
        ),
        "accounts.email_taken": N_("这个邮箱已有账号：请直接登录；忘了密码可以重新设置。"),
        "accounts.mobile_taken": N_("这个手机号已有账号：请直接登录；忘了密码请联系主办单位。"),
        "accounts.terms": N_("还没有同意使用条款：请阅读后勾选，才能注册。"),
        "accounts.password_short": N_("密码太短：请至少用 %(shortest)s 个字符，几个词连起来最好记。"),
        "accounts.password_long": N_("密码太长：请不要超过 %(longest)s 个字符。"),
        "accounts.password_common": N_("密码太容易猜到：请避开姓名、账号、连续数字和常见词，换一个。"),
        "accounts.password_classes": N_(
            "工作人员的密码要含小写字母、大写字母、数字、符号中的三种：请加上缺的。"
        ),
        "accounts.password_wrong": N_("当前密码不对：请重新输入。"),
        "accounts.password_repeat": N_("两次输入的新密码不一样：请再输入一次。"),
        "accounts.sign_in_wrong": N_("账号和密码对不上：请核对后再试；忘了密码可以重新设置。"),
        "accounts.inviter_gone": N_(
            "发出邀请的人已经没有邀请的权限，这份邀请不再有效：请联系邀请您的单位，由现在的负责人重新邀请。"
        ),
        "accounts.reset_by_mail": N_("这个账号有邮箱：请本人在「忘了密码」页申请链接，不用发重设码。"),
        "accounts.account_ended": N_("这个账号已停用，不能重设密码。"),
        "accounts.code_wrong": N_("这个码不对、用过或过期了：请核对；还不行请让发码的单位重新生成。"),
        "accounts.link_dead": N_("这个链接已经失效：它可能用过、过期或被收回了，请重新申请。"),
        "accounts.invitation_other": N_("这份邀请发给 %(email)s：请用该邮箱的账号登录后再打开链接。"),
        "accounts.invitation_over": N_("这份邀请已被接受或收回：请刷新页面查看。"),
        "accounts.already_organiser": N_("此人已是某个单位的工作人员：请先由原单位移出，再邀请。"),
        "accounts.office_kind": N_("请选择单位类型：区级单位，或镇／街道。"),
        "accounts.office_name": N_("请填写单位全称，不超过 %(longest)s 个字。"),
        "accounts.office_taken": N_("已有名为「%(name)s」的单位：请换一个名称，或在列表中找到它。"),
        "accounts.own_account": N_("不能停用自己的账号：请让另一位管理员来做。"),
        "accounts.locale_unknown": N_("请从列表中选择语言。"),
        "accounts.office.bureau": N_("区级单位"),
        "accounts.office.town": N_("镇／街道"),
    }
)
