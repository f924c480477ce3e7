"""Names of divisions in Latin letters, by the rules of GB/T 28039 in plain English: 浙江省 → Zhejiang, 西安市 → Xi'an,
叶县 → Ye County. What is written in another tongue's letters (Harbin, Lhasa), or outside the mainland, stands in names_en.csv."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Readings of place names that a dictionary of words does not know.
_READINGS = {
    "六安": "lu an", "六合": "lu he", "亳州": "bo zhou", "蚌埠": "beng bu", "台州": "tai zhou", "丽水": "li shui", "天台": "tian tai",
    "浚县": "xun xian", "泌阳": "bi yang", "柘城": "zhe cheng", "渑池": "mian chi", "武陟": "wu zhi", "中牟": "zhong mu",
    "尉氏": "wei shi", "荥阳": "xing yang", "长垣": "chang yuan", "长葛": "chang ge", "瀍河": "chan he", "郾城": "yan cheng",
    "荥经": "ying jing", "乐亭": "lao ting", "乐陵": "lao ling", "乐清": "yue qing", "乐平": "le ping", "乐至": "le zhi",
    "蔚县": "yu xian", "洪洞": "hong tong", "铅山": "yan shan", "东阿": "dong e", "柏乡": "bai xiang", "砀山": "dang shan",
    "歙县": "she xian", "黟县": "yi xian", "盱眙": "xu yi", "犍为": "qian wei", "筠连": "jun lian", "珙县": "gong xian",
    "郫都": "pi du", "阆中": "lang zhong", "监利": "jian li", "大埔": "da bu", "番禺": "pan yu", "东莞": "dong guan",
    "牟平": "mu ping", "牟定": "mou ding", "莘县": "shen xian", "单县": "shan xian", "费县": "fei xian", "郯城": "tan cheng",
    "任城": "ren cheng", "任泽": "ren ze", "任丘": "ren qiu", "隰县": "xi xian", "曲阜": "qu fu", "会理": "hui li",
    "会宁": "hui ning", "会昌": "hui chang", "会东": "hui dong", "会同": "hui tong", "会泽": "hui ze", "六枝": "liu zhi",
    "穆棱": "mu ling", "临朐": "lin qu", "即墨": "ji mo", "井陉": "jing xing", "藁城": "gao cheng", "枞阳": "zong yang",
    "涡阳": "guo yang", "濉溪": "sui xi", "颍上": "ying shang", "蠡县": "li xian", "乾县": "qian xian", "鄠邑": "hu yi",
    "吴堡": "wu bu", "华阴": "hua yin", "华州": "hua zhou", "华容": "hua rong", "朝阳": "chao yang", "朝天": "chao tian",
    "重庆": "chong qing", "厦门": "xia men", "儋州": "dan zhou", "百色": "bai se", "长清": "chang qing", "无为": "wu wei",
    "巴州": "ba zhou", "丰都": "feng du", "宿州": "su zhou", "宿迁": "su qian", "宿松": "su song", "宿城": "su cheng",
    "宿豫": "su yu", "石柱": "shi zhu", "綦江": "qi jiang", "涪陵": "fu ling", "酆都": "feng du", "郴州": "chen zhou",
    "耒阳": "lei yang", "汨罗": "mi luo", "枝江": "zhi jiang", "秭归": "zi gui", "兖州": "yan zhou", "汶上": "wen shang",
    "鄄城": "juan cheng", "茌平": "chi ping", "临淄": "lin zi", "莒县": "ju xian", "莒南": "ju nan", "甪直": "lu zhi",
    "勐海": "meng hai", "勐腊": "meng la", "弥勒": "mi le", "漾濞": "yang bi", "洱源": "er yuan", "祥云": "xiang yun",
    "尼勒克": "ni le ke", "大城": "dai cheng", "解放": "jie fang", "燕山": "yan shan", "行唐": "xing tang", "阜城": "fu cheng",
    "新干": "xin gan", "余干": "yu gan", "抚州": "fu zhou", "弋阳": "yi yang", "句容": "ju rong", "邗江": "han jiang",
    "长兴": "chang xing", "嵊州": "sheng zhou", "嵊泗": "sheng si", "鄞州": "yin zhou", "镇海": "zhen hai", "缙云": "jin yun",
    "尤溪": "you xi", "将乐": "jiang le", "漳浦": "zhang pu", "长汀": "chang ting", "长乐": "chang le", "长泰": "chang tai",
    "曲江": "qu jiang", "曲沃": "qu wo", "曲阳": "qu yang", "曲周": "qu zhou", "曲松": "qu song", "红古": "hong gu",
    "宕昌": "tan chang", "岷县": "min xian", "卓尼": "zhuo ni", "夏河": "xia he", "大厂": "da chang", "广饶": "guang rao",
    "沈北": "shen bei", "沈河": "shen he", "长海": "chang hai", "长白": "chang bai", "长岭": "chang ling", "双阳": "shuang yang",
    "桓仁": "huan ren", "岫岩": "xiu yan", "绥中": "sui zhong", "镇赉": "zhen lai", "珲春": "hun chun", "桦川": "hua chuan",
    "讷河": "ne he", "逊克": "xun ke", "呼玛": "hu ma", "漠河": "mo he", "台江": "tai jiang", "台前": "tai qian",
    "长宁": "chang ning", "长寿": "chang shou", "长沙": "chang sha", "长治": "chang zhi", "长春": "chang chun", "长子": "zhang zi",
    "长阳": "chang yang", "长顺": "chang shun", "长丰": "chang feng", "长武": "chang wu", "长安": "chang an", "长洲": "chang zhou",
    "长岛": "chang dao", "都安": "du an", "都匀": "du yun", "都江堰": "du jiang yan", "都昌": "du chang", "成都": "cheng du",
    "新都": "xin du", "武都": "wu du", "于都": "yu du", "宜都": "yi du", "江都": "jiang du", "盐都": "yan du", "花都": "hua du",
    "昌都": "chang du", "南乐": "nan le", "平乐": "ping le", "昌乐": "chang le", "康乐": "kang le", "民乐": "min le",
    "安乐": "an le", "博乐": "bo le", "乐山": "le shan", "乐安": "le an", "乐昌": "le chang", "乐东": "le dong", "乐业": "le ye",
    "乐都": "le du", "召陵": "shao ling", "孟州": "meng zhou", "嵩县": "song xian", "洛宁": "luo ning", "滑县": "hua xian",
    "睢县": "sui xian", "睢阳": "sui yang", "睢宁": "sui ning", "鄢陵": "yan ling", "濮阳": "pu yang", "杞县": "qi xian",
    "兰考": "lan kao", "郏县": "jia xian", "湛河": "zhan he", "管城": "guan cheng", "藉河": "ji he", "绛县": "jiang xian",
    "稷山": "ji shan", "芮城": "rui cheng", "岢岚": "ke lan", "忻府": "xin fu", "汾阳": "fen yang", "石楼": "shi lou",
    "盂县": "yu xian", "代县": "dai xian", "大名": "da ming", "馆陶": "guan tao", "永年": "yong nian", "磁县": "ci xian",
    "万全": "wan quan", "涿鹿": "zhuo lu", "涿州": "zhuo zhou", "涞源": "lai yuan", "涞水": "lai shui", "唐县": "tang xian",
    "雄县": "xiong xian", "容城": "rong cheng", "围场": "wei chang", "丰宁": "feng ning", "盐山": "yan shan", "南皮": "nan pi",
    "三河": "san he", "深州": "shen zhou", "冀州": "ji zhou", "扎赉特": "zha lai te", "扎兰屯": "zha lan tun", "丰镇": "feng zhen",
    "丰南": "feng nan", "丰润": "feng run", "北镇": "bei zhen", "景德镇": "jing de zhen", "镇江": "zhen jiang", "镇平": "zhen ping",
    "吐鲁番": "tu lu fan", "鄯善": "shan shan", "托里": "tuo li", "奇台": "qi tai", "轮台": "lun tai", "烟台": "yan tai",
    "桓台": "huan tai", "鱼台": "yu tai", "东台": "dong tai", "五台": "wu tai", "邢台": "xing tai", "丰台": "feng tai",
    "凤台": "feng tai", "三台": "san tai", "灵台": "ling tai", "高台": "gao tai", "仙居": "xian ju", "遂昌": "sui chang",
    "遂平": "sui ping", "遂川": "sui chuan", "遂宁": "sui ning", "遂溪": "sui xi", "南漳": "nan zhang", "谷城": "gu cheng",
    "谷阳": "gu yang", "吐谷浑": "tu yu hun", "三角": "san jiao", "率水": "shuai shui", "石泉": "shi quan", "柞水": "zha shui",
    "洋县": "yang xian", "勉县": "mian xian", "略阳": "lue yang", "旬阳": "xun yang", "旬邑": "xun yi", "淳化": "chun hua",
    "彬州": "bin zhou", "合阳": "he yang", "澄城": "cheng cheng", "大荔": "da li", "富平": "fu ping", "吴起": "wu qi",
    "漯河": "luo he", "三都": "san du", "塔什库尔干": "ta shi ku er gan", "克什克腾": "ke shi ke teng", "绥德": "sui de", "子洲": "zi zhou", "佳县": "jia xian",
}  # fmt: skip
# Signs that read one way in names of places, whatever they read elsewhere.
_IN_PLACES = {"都": "du", "什": "shi", "佛": "fo", "长": "chang", "曾": "zeng", "泊": "bo", "柏": "bai"}
_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 "
    "布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各"
).split()
_PEOPLE = rf"(?:(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})族)+"
_KINDS = (
    (re.compile(rf"(.+?)(?:{_PEOPLE}|蒙古|柯尔克孜|哈萨克)自治州"), "{} Autonomous Prefecture"),
    (re.compile(rf"(.+?)(?:{_PEOPLE}|蒙古|哈萨克)?自治县"), "{} Autonomous County"),
    (re.compile(rf"(.+?)(?:{_PEOPLE}|族)?自治旗"), "{} Autonomous Banner"),
    (re.compile(rf"(.+?){_PEOPLE}区"), "{} District"),
    (re.compile(r"(.+)地区"), "{} Prefecture"),
    (re.compile(r"(.+)盟"), "{} League"),
    (re.compile(r"(神农架)林区"), "{} Forestry District"),
    (re.compile(r"(.+)矿区"), "{} Mining District"),
    (re.compile(r"(.+)特区"), "{} Special District"),
    (re.compile(r"(.+?)(?:高新技术产业开发区|高新技术产业园区|高新技术开发区|高新区)"), "{} High-tech Zone"),
    (re.compile(r"(.+?)(?:经济技术开发区|经济开发区|经济技术开发试验区)"), "{} Economic Development Zone"),
    (re.compile(r"(.+?)(?:产业园区|工业园区|工业园)"), "{} Industrial Park"),
    (re.compile(r"(.+?)(?:新区)"), "{} New Area"),
    (re.compile(r"(.+?)(?:开发区|园区)"), "{} Development Zone"),
    (re.compile(r"(.+?)(?:管理区|管理委员会)"), "{} Administrative Area"),
    (re.compile(r"(.+?)(?:示范区)"), "{} Demonstration Zone"),
    (re.compile(r"(.+)区"), "{} District"),
    (re.compile(r"(.+)县"), "{} County"),
    (re.compile(r"(.+)旗"), "{} Banner"),
    (re.compile(r"(.+)[省市]"), "{}"),
)
_PLAIN = {
    "市辖区": "Districts", "县": "Counties", "矿区": "Mining District", "郊区": "Suburban District", "城区": "Urban District",
    "省直辖县级行政区划": "Counties directly under the province",
    "自治区直辖县级行政区划": "Counties directly under the region",
}  # fmt: skip
_SIDES = {"左": " Left", "右": " Right", "翼": " Wing", "前": " Front", "中": " Middle", "后": " Rear"}
_BANNER = re.compile(r"(.{2,}?)([左右]翼[前中后]?|[左右前中后])旗")

load_phrases_dict(
    {name: [[syllable] for syllable in read.split()] for name, read in _READINGS.items()}, style="tone2"
)


def romanised(name: str, above: Sequence[str] = ()) -> str:
    """A division's name in Latin letters with its kind in English; cities and provinces have no kind. ``above``: the names
    that a zone's own may begin with."""
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _READINGS and name[-1] == "县":
        return f"{spelled(name)[: -len('xian')].capitalize()} County"
    if banner := _BANNER.fullmatch(name):
        return f"{spelled(banner[1])}{''.join(_SIDES[side] for side in banner[2])} Banner"
    for pattern, english in _KINDS:
        if found := pattern.fullmatch(name):
            stem = found[1].removesuffix("族") if len(found[1]) > 2 else found[1]
            return english.format(" ".join(spelled(part) for part in _parts(stem, above)))
    return " ".join(spelled(part) for part in _parts(name, above))


def _parts(name: str, above: Sequence[str]) -> list[str]:
    """A zone's name begins with those of its province and city: 河北 唐山 海港."""
    parts = []
    for larger in above:
        short = re.sub(r"(?:(?:维吾尔|壮族|回族)?自治区|[省市])$", "", larger)
        if name.startswith(short) and len(name) > len(short):
            parts.append(short)
            name = name.removeprefix(short).removeprefix("市")
    return [*parts, name] if name else parts


def spelled(han: str) -> str:
    """平顶山 → Pingdingshan; an apostrophe before a syllable that begins with a, e or o."""
    syllables = lazy_pinyin(han, style=Style.NORMAL, v_to_u=True)
    if han not in _READINGS:
        syllables = [_IN_PLACES.get(sign, read) for sign, read in zip(han, syllables, strict=True)]
    word = syllables[0]
    for syllable in syllables[1:]:
        word += ("'" if syllable[0] in "aeo" else "") + syllable
    return word[:1].upper() + word[1:]
