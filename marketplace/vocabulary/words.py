"""The sentences of the vocabulary's codes."""

from __future__ import annotations

from marketplace.core.i18n import N_, register_words

register_words(
    {
        "vocabulary.too_few": N_("至少写两个叫法：一个叫法没有同义词。"),
        "vocabulary.too_many": N_("一组最多 %(most)s 个叫法：请拆开，或删去很少用的。"),
        "vocabulary.name_long": N_("「%(name)s…」太长：一个叫法最多 %(most)s 字。"),
        "vocabulary.no_name": N_("「%(name)s」不能作为叫法：至少两个字或字母数字，不含等号。"),
        "vocabulary.same_name": N_("「%(name)s」与「%(other)s」统一写法后是同一个词：请删去一个。"),
        "vocabulary.taken": N_("「%(name)s」已在「%(set)s」一组里：请改那一组，一个词只能属于一组。"),
        "vocabulary.reason_long": N_("依据最多 %(most)s 字：请写短一些。"),
        "vocabulary.unchanged": N_("叫法没有变化：请修改后再预览。"),
        "vocabulary.stale": N_("预览之后同事改过同义词：请重新预览再保存。"),
        "vocabulary.step.weighing": N_("正在比对开放的需求和能力"),
        "vocabulary.said.kept": N_("已保存。搜索会在索引重建后生效，受影响的需求随后重新匹配。"),
    }
)
