"""What is read from the three kinds of sheet, and what people call it in theirs.

The order of headings matters: a later one yields to another field's earlier one, so that 需求内容 is the title only
where no column is called 需求名称.
"""

from __future__ import annotations

from marketplace.core.sheets import values
from marketplace.core.sheets.columns import Field
from marketplace.core.sheets.need_types import need_type

_FIRM_NAMES = (
    "单位名称", "企业全称", "公司名称", "企业名", "公司", "企业", "单位", "firm", "company", "company name", "firm name",
    "enterprise", "organisation", "organization",
)  # fmt: skip
_CREDIT_CODE = Field(
    "credit_code",
    ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "统一社会信用代码证号", "社会统一信用代码", "统一代码",
     "credit code", "unified social credit code", "uscc"),
    values.credit_code,
)  # fmt: skip
_SPECS = (
    "技术指标", "技术参数", "关键参数", "主要技术指标", "主要参数", "规格参数", "规格型号", "型号规格", "规格", "参数", "技术要求",
    "性能指标", "关键技术指标", "指标要求", "产品规格", "型号", "specs", "specifications", "specification", "key parameters", "parameters",
)  # fmt: skip
_INDUSTRY = Field(
    "industry",
    ("行业", "所属行业", "国民经济行业", "行业分类", "行业类别", "行业代码", "所在行业", "所属领域", "行业领域", "产业领域",
     "细分行业", "领域", "产业", "industry", "sector", "industry code"),
    values.line,
)  # fmt: skip
_CHAIN = Field(
    "chain",
    ("产业链", "所属产业链", "所在产业链", "产业链名称", "重点产业链", "链条", "industrial chain", "chain"),
    values.line,
)
_LINK = Field(
    "chain_link", ("链上环节", "产业链环节", "环节", "所处环节", "上下游", "link", "chain link"), values.line
)
_REGION = Field(
    "region",
    ("地区", "所在地区", "行政区划", "区域", "所属地区", "所在地", "县区", "县（市、区）", "所属县区", "所在县区", "属地", "区县",
     "注册地", "生产地", "交付地点", "交货地点", "交货地", "城市", "所在区域", "region", "location", "division", "district", "city",
     "delivery place"),
    values.line,
)  # fmt: skip
_UNIT = Field(
    "unit",
    ("计量单位", "数量单位", "产能单位", "单位（计量）", "量纲", "unit", "capacity unit", "unit of measure"),
    values.line,
)
_DELIVERY = ("交期", "交货期", "交付周期", "交付期", "供货周期", "供货期", "交货时间", "交付时间", "交货周期", "生产周期", "到货时间",
             "需求时间", "期限", "交付期限", "典型交期", "lead time", "lead_time", "delivery time", "delivery")  # fmt: skip
_PAYMENT = ("账期", "付款账期", "付款周期", "付款期", "付款时间", "回款账期", "回款周期", "payment term", "payment terms", "payment days",
            "payment_days")  # fmt: skip
_CONTACT = Field("contact_name", ("联系人", "联系人姓名", "姓名", "对接人", "经办人", "业务联系人", "采购联系人", "contact",
                                  "contact name", "contact person"), values.line)  # fmt: skip
_PHONE = Field("contact_phone", ("联系电话", "电话", "手机", "联系方式", "手机号", "手机号码", "联系手机", "电话号码", "联系人电话",
                                 "办公电话", "phone", "mobile", "telephone", "tel"), values.phone)  # fmt: skip
_MAIL = Field(
    "contact_mail", ("邮箱", "电子邮箱", "电子邮件", "联系邮箱", "e-mail", "email", "mail"), values.mail
)
_STANDARDS = Field("standards", ("执行标准", "适用标准", "产品标准", "标准号", "标准", "质量标准", "技术标准", "standards",
                                 "standard", "applicable standard"), values.items)  # fmt: skip

NEED_FIELDS: tuple[Field, ...] = (
    Field("need_id", ("需求编号", "需求编码", "需求号", "需求ID", "编号", "编码", "need id", "need no", "id"), values.line),
    Field(
        "firm",
        ("企业名称", "需求单位", "采购单位", "需求企业", "采购企业", "需求方", "采购方", "链主企业", "链主", "发布单位", "发榜单位",
         "需求单位名称", "需求企业名称", "buyer", *_FIRM_NAMES),
        values.line, required=True,
    ),
    _CREDIT_CODE,
    Field(
        "title",
        ("需求名称", "采购产品", "拟采购产品", "需求标题", "采购内容", "产品名称", "采购产品名称", "拟采购产品名称", "采购物资", "采购品目",
         "需求产品", "配套产品", "所需产品", "需求项目", "采购项目", "物料名称", "品名", "名称", "标题", "需求内容", "需求", "title",
         "need", "need title", "product", "product name", "item", "name"),
        values.title, required=True, column_required=True,
    ),
    Field(
        "description",
        ("需求描述", "需求内容", "需求详情", "详细需求", "需求说明", "具体需求", "需求简介", "具体内容", "内容描述", "需求详细描述",
         "产品描述", "描述", "说明", "详细描述", "具体要求", "采购要求", "description", "details", "need description"),
        values.text,
    ),
    Field("use", ("应用场景", "用途", "使用场景", "产品用途", "用途说明", "use", "use case", "application"), values.text),
    Field("specs", _SPECS, values.lines),
    Field(
        "certificates",
        ("资质要求", "资质", "所需资质", "供应商资质", "供应商资质要求", "资质证书", "体系认证要求", "认证要求", "质量体系要求",
         "准入资质", "certificates", "certificates required", "required certificates", "certification", "qualification",
         "qualifications"),
        values.items,
    ),
    _STANDARDS, _INDUSTRY, _CHAIN, _LINK, _REGION,
    Field(
        "quantity",
        ("数量", "需求数量", "采购数量", "需求量", "采购量", "年需求量", "年采购量", "年用量", "用量", "预计数量", "采购规模", "需求规模",
         "quantity", "qty", "volume"),
        values.quantity,
    ),
    _UNIT,
    Field("lead_time", _DELIVERY, values.lead_time),
    Field(
        "valid_until",
        ("有效期至", "有效期", "截止日期", "截止时间", "需求有效期", "需求截止日期", "报名截止", "有效期止", "有效截止日期", "valid until",
         "valid_until", "deadline", "expires", "closing date"),
        values.last_day,
    ),
    Field("type", ("需求类型", "需求类别", "类型", "类别", "需求种类", "type", "need type", "type of need", "category"), need_type),
    Field(
        "budget",
        ("预算区间", "预算", "预算金额", "采购预算", "采购金额", "金额", "预计金额", "年采购额", "年采购金额", "拟投入资金", "budget",
         "amount", "budget range"),
        values.amount,
    ),
    Field("payment_days", ("付款期限", *_PAYMENT), values.payment_days),
    _CONTACT, _PHONE, _MAIL,
)  # fmt: skip

CAPABILITY_FIELDS: tuple[Field, ...] = (
    Field("capability_id", ("能力编号", "产品编号", "供给编号", "能力编码", "编号", "编码", "capability id", "capability no", "id"),
          values.line),
    Field(
        "firm",
        ("企业名称", "供应商名称", "供应商", "供给单位", "供应企业", "供方", "专精特新企业", "配套企业", "生产企业", "厂家", "supplier",
         "vendor", *_FIRM_NAMES),
        values.line, required=True, column_required=True,
    ),
    _CREDIT_CODE,
    Field(
        "title",
        ("能力名称", "主导产品", "主营产品", "产品名称", "主要产品", "主导产品名称", "主营产品名称", "主要产品名称", "产品/服务", "主营业务",
         "供给产品", "可供产品", "供应产品", "产品", "产品或服务", "供给内容", "服务名称", "名称", "经营范围", "title", "capability", "main product",
         "main products", "product", "product name", "products", "product or service", "name"),
        values.title, required=True, column_required=True,
    ),
    Field("sentence", ("一句话介绍", "一句话", "in one sentence"), values.line),
    Field(
        "description",
        ("能力描述", "产品介绍", "产品描述", "产品简介", "能力说明", "供给描述", "产品说明", "能力简介", "企业简介", "技术优势", "产品优势",
         "描述", "说明", "简介", "企业介绍", "description", "details", "summary", "profile"),
        values.text,
    ),
    Field("specs", _SPECS, values.lines),
    Field(
        "certificates",
        ("资质证书", "资质要求", "资质", "资质认证", "体系证书", "认证情况", "已获资质", "企业资质", "资质荣誉", "体系认证", "认证证书",
         "certificates", "certification", "certifications", "qualification", "qualifications"),
        values.items,
    ),
    _STANDARDS, _INDUSTRY, _CHAIN, _LINK, _REGION,
    Field("process", ("工艺与设备", "工艺", "主要设备", "生产工艺", "工艺装备", "加工工艺", "生产设备", "processes", "equipment",
                      "processes & equipment"), values.text),
    Field(
        "quantity",
        ("年产能", "产能", "数量", "可释放产能", "生产能力", "年生产能力", "设计产能", "月产能", "供货能力", "产量", "年产量", "capacity",
         "quantity", "annual capacity"),
        values.quantity,
    ),
    Field("moq", ("最小起订量", "起订量", "最低起订量", "moq", "minimum order"), values.quantity),
    _UNIT,
    Field("lead_time", _DELIVERY, values.lead_time),
    Field(
        "serves",
        ("供货范围", "供应范围", "供货区域", "配送范围", "送货范围", "销售区域", "服务区域", "服务范围", "覆盖区域", "delivery area",
         "delivery areas", "delivers to", "area served", "serves"),
        values.items,
    ),
    Field(
        "payment_days",
        ("最长能接受的账期", "最长账期", "能接受的账期", "可接受账期", "可接受的账期", "接受账期", *_PAYMENT, "付款期限",
         "longest payment term accepted", "longest payment term", "longest payment term (days)"),
        values.payment_days,
    ),
    Field("valid_until", ("有效期至", "有效期", "截止日期", "valid until", "valid_until", "expires"), values.last_day),
    Field("type", ("能力类型", "供给类型", "类型", "类别", "产品类别", "产品/服务类别", "type", "type of capability", "category"), values.line),
    Field("tier", ("认定类型", "企业类型", "企业类别", "专精特新类型", "梯度类型", "认定类别", "tier"), values.line),
    _CONTACT, _PHONE, _MAIL,
)  # fmt: skip

FIRM_FIELDS: tuple[Field, ...] = (
    Field("row_id", ("行号标识", "记录编号", "企业编号", "档案编号", "row id", "record id", "id"), values.line),
    Field("firm", ("企业名称", *_FIRM_NAMES, "名称", "name", "legal name"), values.line, required=True, column_required=True),
    _CREDIT_CODE,
    Field("main_product", ("主导产品", "主营产品", "主要产品", "主导产品名称", "主营产品名称", "主营业务", "产品名称", "产品", "经营范围",
                           "main product", "main products", "leading product", "products"), values.text),
    Field("tier", ("认定类型", "企业类型", "企业类别", "梯度类型", "认定层级", "专精特新类型", "认定类别", "培育层级", "类型", "级别",
                   "称号", "荣誉称号", "tier"), values.line),
    Field("cohort", ("批次", "认定批次", "入库批次", "批次/文号", "认定年份", "认定年度", "年度", "cohort", "batch"), values.line),
    Field("certificate_number", ("证书编号", "认定文号", "文号", "证书号", "certificate number", "document number"), values.line),
    Field("valid_from", ("有效期起", "认定日期", "认定时间", "发证日期", "有效期开始", "valid from", "valid_from"), values.day),
    Field("valid_until", ("有效期至", "有效期止", "到期日期", "到期时间", "有效期截止", "有效期", "valid until", "valid_until",
                          "expires"), values.last_day),
    Field("town", ("镇街", "镇（街道）", "所属镇街", "乡镇", "街道", "所在乡镇", "所属街道", "所属乡镇", "乡镇（街道）", "town", "township",
                   "subdistrict"), values.line),
    _REGION, _INDUSTRY, _CHAIN,
    _LINK,
    Field("legal_representative", ("法定代表人", "法人代表", "法人", "负责人", "法人姓名", "legal representative"), values.line),
    Field("established_on", ("成立日期", "成立时间", "注册时间", "注册日期", "established", "founded"), values.day),
    Field("address", ("地址", "企业地址", "注册地址", "生产地址", "详细地址", "通讯地址", "办公地址", "address"), values.line),
    _CONTACT, _PHONE, _MAIL,
    Field("business_phone", ("对外业务电话", "业务电话", "公司电话", "企业电话", "座机", "business phone"), values.phone),
    Field("employees", ("从业人员", "从业人数", "职工人数", "员工人数", "员工数", "人数", "从业人员期末人数", "employees", "staff"),
          values.number),
    Field("revenue", ("营业收入", "上年营业收入", "年营业收入", "主营业务收入", "销售收入", "营收", "年产值", "产值", "revenue",
                      "turnover"), values.amount),
    Field("assets", ("资产总额", "总资产", "assets", "total assets"), values.amount),
    Field("website", ("网址", "企业网址", "公司网站", "官网", "website"), values.line),
)  # fmt: skip

FIELD_SETS: dict[str, tuple[Field, ...]] = {
    "needs": NEED_FIELDS,
    "capabilities": CAPABILITY_FIELDS,
    "firms": FIRM_FIELDS,
}
