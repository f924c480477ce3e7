"""Forms of accounts: shape only. What a name, a number or a password must be is said by the rules."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from marketplace.accounts.rules import LONGEST_EMAIL

# Longer than any password that the rules take, and short enough that hashing it costs nothing.
LONGEST_TYPED = 200


def one_line(value: str | None) -> str:
    """Typed text without line breaks and other controls, which no database and no mail header wants."""
    return "".join(
        character for character in (value or "") if character >= " " and character != "\x7f"
    ).strip()


def _required() -> InputRequired:
    return InputRequired(lazy_gettext("请填写此项。"))


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy_gettext("太长了：请不要超过 %(max)d 个字符。"))


def _login_field(description: str = "") -> StringField:
    return StringField(
        lazy_gettext("手机号或邮箱"),
        [_required(), _at_most(LONGEST_EMAIL)],
        filters=[one_line],
        description=description,
    )


def _name_field() -> StringField:
    return StringField(lazy_gettext("姓名"), [_required(), _at_most(60)], filters=[one_line])


def _password_field(label: str, description: str = "") -> PasswordField:
    return PasswordField(label, [_required(), _at_most(LONGEST_TYPED)], description=description)


class SignInForm(FlaskForm):
    login = _login_field()
    password = _password_field(lazy_gettext("密码"))
    next = HiddenField()


class RegisterForm(FlaskForm):
    name = _name_field()
    login = _login_field(lazy_gettext("登录用。有邮箱的建议填邮箱：忘了密码时可以自己重新设置。"))
    password = _password_field(lazy_gettext("密码"), lazy_gettext("至少 10 个字符；几个词连起来最好记。"))
    # Not required here: the service says in full what is missing.
    agreed = BooleanField(lazy_gettext("我已阅读并同意使用条款和个人信息保护说明"))


class ProfileForm(FlaskForm):
    name = _name_field()
    locale = SelectField(
        lazy_gettext("语言"),
        choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")],
        description=lazy_gettext("页面和邮件都用它。"),
    )


class PasswordForm(FlaskForm):
    current = _password_field(lazy_gettext("当前密码"))
    password = _password_field(lazy_gettext("新密码"))
    repeated = _password_field(lazy_gettext("再输一次新密码"))


class ResetRequestForm(FlaskForm):
    login = _login_field()


class ResetForm(FlaskForm):
    password = _password_field(lazy_gettext("新密码"))
    repeated = _password_field(lazy_gettext("再输一次新密码"))


class CodeForm(FlaskForm):
    code = StringField(lazy_gettext("重设码"), [_required(), _at_most(40)], filters=[one_line])


class IssueResetForm(FlaskForm):
    own_password = _password_field(lazy_gettext("您自己的密码"))


class JoinForm(FlaskForm):
    name = _name_field()
    password = _password_field(lazy_gettext("密码"))
    agreed = BooleanField(lazy_gettext("我已阅读并同意使用条款和个人信息保护说明"))


class OfficeForm(FlaskForm):
    kind = SelectField(
        lazy_gettext("单位类型"),
        choices=[
            SelectChoice("town", lazy_gettext("镇／街道")),
            SelectChoice("bureau", lazy_gettext("区级单位")),
        ],
    )
    name = StringField(lazy_gettext("单位全称"), [_required(), _at_most(100)], filters=[one_line])
    english_name = StringField(lazy_gettext("英文名称"), [Optional(), _at_most(160)], filters=[one_line])
    division_code = StringField(
        lazy_gettext("行政区划代码"),
        [
            Optional(),
            Regexp(
                r"\d{6}(\d{3}|\d{6})?\Z", message=lazy_gettext("行政区划代码是 6、9 或 12 位数字：请核对。")
            ),
        ],
        filters=[one_line],
        description=lazy_gettext("6、9 或 12 位数字，可不填。"),
    )


class OfficePhoneForm(FlaskForm):
    phone = StringField(
        lazy_gettext("核实电话"),
        [Optional(), _at_most(40)],
        filters=[one_line],
        description=lazy_gettext("印在认领单和邮件里，企业凭它核实；请填政府网站上公布的号码。"),
    )


class InviteForm(FlaskForm):
    email = StringField(lazy_gettext("邮箱"), [_required(), _at_most(LONGEST_EMAIL)], filters=[one_line])
