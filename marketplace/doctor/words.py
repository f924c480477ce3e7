"""The sentences of the doctor's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "doctor.part.site": N_("网站地址"),
        "doctor.part.data": N_("数据目录"),
        "doctor.part.database": N_("数据库"),
        "doctor.part.schema": N_("表结构"),
        "doctor.part.lists": N_("基础目录"),
        "doctor.part.people": N_("管理员"),
        "doctor.part.clock": N_("时钟"),
        "doctor.part.search": N_("搜索"),
        "doctor.part.pair": N_("搜索"),
        "doctor.part.worker": N_("后台任务"),
        "doctor.part.mail": N_("邮件"),
        "doctor.unforeseen": N_("检查时出错：%(error)s"),
        "doctor.unforeseen.do": N_("先处理上面的问题，再运行一次；仍然如此，请把这一行交给维护人员。"),
        "doctor.address": N_("%(url)s"),
        "doctor.address_open": N_("%(url)s 不是 https，登录信息在网络上可被看到"),
        "doctor.address_open.do": N_(
            "在前面放一个带证书的反向代理，并把 LIANQIAO_BASE_URL 设为 https:// 地址。"
        ),
        "doctor.folder": N_("%(folder)s 可写，剩余 %(free)s GB"),
        "doctor.folder_closed": N_("%(folder)s 不能写入：%(error)s"),
        "doctor.folder_closed.do": N_(
            "让运行网站的系统用户拥有这个目录，或用 LIANQIAO_DATA_DIR 指定另一个目录。"
        ),
        "doctor.disk_low": N_("%(folder)s 只剩 %(free)s GB"),
        "doctor.disk_low.do": N_("清理磁盘，或把数据目录移到更大的磁盘。重建索引需要放得下两份索引。"),
        "doctor.disk_full": N_("%(folder)s 只剩 %(free)s GB，随时会写不进去"),
        "doctor.disk_full.do": N_("立即清理磁盘；数据库写不进去时，网站上的操作都会失败。"),
        "doctor.database": N_("%(name)s %(version)s，可以连接"),
        "doctor.database_away": N_("连接不上 %(url)s：%(error)s"),
        "doctor.database_away.do": N_(
            "检查数据库是否在运行，以及 LIANQIAO_DATABASE_URL 的地址、用户和密码。"
        ),
        "doctor.database_closed": N_("写不进去：%(error)s"),
        "doctor.database_closed.do": N_(
            "可能正被备份或另一个程序锁着：等它结束再运行一次；仍然如此，请检查磁盘和写入权限。"
        ),
        "doctor.schema": N_("版本 %(there)s，与程序一致"),
        "doctor.schema_old": N_("数据库是版本 %(there)s，程序需要 %(newest)s"),
        "doctor.schema_old.do": N_("先备份，再运行 lianqiao db upgrade。"),
        "doctor.lists": N_("已载入，%(count)s 个行政区划"),
        "doctor.lists_missing": N_("还没有载入"),
        "doctor.lists_missing.do": N_("运行 lianqiao taxonomy seed，可以重复运行。"),
        "doctor.people": N_("%(count)s 人"),
        "doctor.people_missing": N_("没有可以登录的管理员"),
        "doctor.people_missing.do": N_("运行 lianqiao account create-administrator。"),
        "doctor.clock": N_("现在是 %(now)s"),
        "doctor.clock_back": N_("现在是 %(now)s，但已有 %(latest)s 的操作记录：时钟倒退了"),
        "doctor.clock_back.do": N_(
            "打开系统的网络对时；有效期都按日期判断，时钟不准会让需求提前或推迟关闭。"
        ),
        "doctor.clock_apart": N_("与数据库服务器的时钟相差 %(seconds)s 秒"),
        "doctor.clock_apart.do": N_("两台机器都打开系统的网络对时。"),
        "doctor.search": N_("%(server)s，索引完整，%(count)s 条"),
        "doctor.search_away": N_("搜索引擎没有回应：%(error)s"),
        "doctor.search_away.do": N_(
            "检查搜索服务是否在运行，以及 LIANQIAO_ELASTICSEARCH_URL；恢复之前页面从数据库查找，写入在排队，不会丢失。"
        ),
        "doctor.search_incomplete": N_("%(server)s，索引还不完整（现有 %(count)s 条）"),
        "doctor.search_incomplete.do": N_("后台任务会自动补齐；不想等就运行 lianqiao index rebuild。"),
        "doctor.search_rebuilding": N_("%(server)s，正在旁边重建索引，现有索引继续服务（%(count)s 条）"),
        "doctor.search_rebuilding.do": N_(
            "等它结束。如果没有任何重建在运行，运行 lianqiao index rebuild 重新开始。"
        ),
        "doctor.search_pair": N_("客户端与服务器同为第 %(client)s 版（%(server)s）"),
        "doctor.search_mismatch": N_("服务器是 %(server)s，客户端是第 %(client)s 版"),
        "doctor.search_mismatch.do": N_("换用同一大版本的服务器；程序不会在其他大版本上建立索引。"),
        "doctor.worker": N_("没有积压（到期未处理 %(count)s 项）"),
        "doctor.worker_unseen": N_("还没有运行过"),
        "doctor.worker_unseen.do": N_("启动 lianqiao worker：邮件、搜索和配对都由它完成。"),
        "doctor.worker_late": N_("%(count)s 项到期未处理，最早的已等 %(minutes)s 分钟"),
        "doctor.worker_late.do": N_(
            "后台任务可能没有运行：启动 lianqiao worker，并让系统在退出后自动重启它。"
        ),
        "doctor.worker_dead_rows": N_("%(count)s 项多次失败，已停止重试"),
        "doctor.worker_dead_rows.do": N_("查看 outbox 表中 dead_at 不为空的行，last_error 写着原因。"),
        "doctor.part.queue": N_("任务队列"),
        "doctor.queue": N_("%(url)s，可以使用"),
        "doctor.queue_away": N_("%(url)s 不可用：%(error)s"),
        "doctor.queue_away.do": N_(
            "检查 LIANQIAO_QUEUE；如果是文件，可以删掉它（队列里没有数据），会自动重建。恢复之前后台任务每分钟自己查看一次，不会丢失。"
        ),
        "doctor.queue_unheard": N_("%(url)s 可以使用，但 %(seconds)s 秒内没有后台任务应答"),
        "doctor.queue_unheard.do": N_(
            "后台任务可能正忙，过一会再查；仍然如此，请确认网站和 lianqiao worker 的 LIANQIAO_QUEUE、LIANQIAO_SECRET_KEY 和数据目录都相同。在此之前后台任务每分钟自己查看一次，不会丢失。"
        ),
        "doctor.mail": N_("%(host)s:%(port)s 可以登录"),
        "doctor.mail_files": N_("写成文件放在 %(folder)s，没有人会收到"),
        "doctor.mail_files.do": N_("设置 LIANQIAO_MAIL_TRANSPORT=smtp 和 LIANQIAO_SMTP_HOST。"),
        "doctor.mail_away": N_("%(host)s:%(port)s 不可用：%(error)s"),
        "doctor.mail_away.do": N_("检查 LIANQIAO_SMTP_* 各项；恢复之前邮件在排队，不会丢失。"),
        "doctor.part.drift": N_("索引与数据库"),
        "doctor.drift": N_("%(at)s 逐条核对 %(checked)s 条，全部一致"),
        "doctor.drift_mended": N_("%(at)s 核对 %(checked)s 条，有 %(unequal)s 条不一致，已补正"),
        "doctor.drift_mended.do": N_("偶尔一次无妨；每次都有，请把这一行交给维护人员。"),
        "doctor.drift_failed": N_("%(at)s 的核对没有完成：%(error)s"),
        "doctor.drift_failed.do": N_("先处理搜索的问题；后台任务一分钟后会再核对。"),
        "doctor.drift_unknown": N_("一天以内没有核对过"),
        "doctor.drift_unknown.do": N_(
            "后台任务每六小时核对一次，请确认它在运行；也可以运行 lianqiao index reconcile。"
        ),
        "doctor.all_good": N_("一切正常"),
        "doctor.some_notes": N_("可以运行，有 %(notes)s 处需要留意"),
        "doctor.some_bad": N_("有 %(bad)s 处不正常"),
    }
)
