"""The sentences of the first page."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "home.way.want.procurement": N_("采购零部件、材料、设备或服务"),
        "home.way.want.processing": N_("把某道工序外包出去加工"),
        "home.way.want.rnd": N_("技术难题，请高校、院所或同行一起解决"),
        "home.way.want.first_use": N_("找首台套产品来试用，或给自己的新产品找第一个用户"),
        "home.way.want.finance": N_("贷款、供应链金融、担保、保险"),
        "home.way.want.data_scene": N_("要数据、要场景、要试点现场"),
        "home.way.want.co_brand": N_("想和有品牌、有渠道的企业合作"),
        "home.way.want.platform": N_("借用中试、检测、实验设备的机时"),
        "home.way.open.rnd": N_("开放技术力量，接受联合攻关"),
        "home.way.open.first_use": N_("愿意做新产品的第一个用户，拿出首单"),
        "home.way.open.finance": N_("贷款、供应链金融、担保、保险产品"),
        "home.way.open.data_scene": N_("开放数据、应用场景或试点现场"),
        "home.way.open.co_brand": N_("拿出品牌和渠道，与别家联合"),
        "home.way.open.platform": N_("开放中试、检测、实验设备的机时"),
        "home.way.make.procurement": N_("自己生产的产品或提供的服务"),
        "home.way.make.processing": N_("能承接的工序：机加工、热处理、表面处理等"),
        "home.way.make.rnd": N_("能承接的研发和技术服务"),
        "home.way.make.first_use": N_("自己的首台（套）、首批次、首版次产品"),
        "home.way.make.finance": N_("已有的金融、租赁、保险服务"),
        "home.way.make.data_scene": N_("数据、模型和场景方面的服务"),
        "home.way.make.co_brand": N_("贴牌代工和品牌合作的能力"),
        "home.todo.needs_waiting": N_("条需求等您审核"),
        "home.todo.capabilities_waiting": N_("项能力等您审核"),
        "home.todo.firms_unchecked": N_("家企业等您核对"),
        "home.todo.proposals": N_("条推荐等您答复"),
        "home.todo.needs_returned": N_("条需求被退回，改好再提交"),
        "home.todo.needs_expired": N_("条需求已过期，可以延长或关闭"),
        "home.todo.capabilities_returned": N_("项能力被退回，改好再提交"),
        "home.todo.certificates": N_("张证书 60 天内到期"),
        "home.until": N_("有效期至 %(day)s"),
        "home.todo.mutual": N_("对双方都愿意对接，可以联系了"),
    }
)
