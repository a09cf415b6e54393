/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of the four tables: headings, templates, checks and doc/formats/register-tables.md come from
 * here. */
#include "people/import_private.h"

#define WORD(id, number, name, chinese) {(number), (name), (chinese)},
static const struct asset_word unit_kinds[] = {UNIT_KINDS(WORD){0}};
static const struct asset_word duties[] = {DUTIES(WORD){0}};
#undef WORD

#define ID_HELP "导出时填写，用于对应登记册中的记录；新增记录留空"
#define VERSION_HELP "导出时填写，请勿改动：据此发现导出之后他人的修改"
#define FROM_HELP "2026-01-31；留空为导入之时"
#define TO_HELP "含当日；留空为长期有效"

#define ID_AND_VERSION                                                      \
	{"id", "编号", "序号", COLUMN_ID, .help = ID_HELP},                 \
	{                                                                   \
		"version", "版本", "", COLUMN_VERSION, .help = VERSION_HELP \
	}
#define FROM_AND_TO                                                                      \
	{"valid_from", "起始日期", "生效日期|开始日期", COLUMN_FROM, .help = FROM_HELP}, \
	{                                                                                \
		"valid_to", "终止日期", "失效日期|结束日期", COLUMN_TO, .help = TO_HELP  \
	}

const struct import_column unit_columns[U_COUNT] = {
	ID_AND_VERSION,
	{"code", "单位代码", "代码|单位编码", COLUMN_TEXT, UNIT_CODE, .example = "0305",
	 .help = "全校唯一，可空"},
	{"name", "单位名称", "名称|单位", COLUMN_TEXT, UNIT_NAME, .required = true,
	 .example = "信息学院实验中心", .help = "必填"},
	{"kind", "单位类型", "类型|类别", COLUMN_WORD, UNIT_KIND, .words = unit_kinds, .example = "科室",
	 .help = "院系、部门、科室、其他"},
	{"parent", "上级单位", "上级|隶属单位", COLUMN_UNIT, UNIT_PARENT, .example = "信息学院",
	 .help = "代码或名称；可为本表中的单位"},
	{"note", "备注", "说明", COLUMN_TEXT, UNIT_NOTE},
	FROM_AND_TO,
};

const struct import_column person_columns[P_COUNT] = {
	ID_AND_VERSION,
	{"number", "工号", "职工号|人员编号|学工号", COLUMN_TEXT, PERSON_NUMBER, .example = "2019001",
	 .help = "唯一；有工号者按工号对应"},
	{"name", "姓名", "名称", COLUMN_TEXT, PERSON_NAME, .required = true, .example = "李示例",
	 .help = "必填"},
	{"phone", "电话", "手机|手机号|联系电话", COLUMN_TEXT, PERSON_PHONE, .example = "010-55550101"},
	{"mail", "邮箱", "邮件|电子邮箱|电子邮件|email|e-mail", COLUMN_TEXT, PERSON_MAIL,
	 .example = "li@example.edu.cn"},
	{"unit", "所属单位", "单位|部门|单位名称", COLUMN_UNIT, PERSON_UNIT, .example = "信息学院",
	 .help = "代码或名称"},
	{"note", "备注", "说明", COLUMN_TEXT, PERSON_NOTE},
	FROM_AND_TO,
};

#define SEVERAL "多个以空格或换行分隔"

const struct import_column asset_columns[A_COUNT] = {
	ID_AND_VERSION,
	{"name", "资产名称", "名称|系统名称", COLUMN_TEXT, ASSET_NAME, .required = true,
	 .example = "教务管理系统", .help = "必填"},
	{"kind", "资产类型", "类型|类别|资产类别", COLUMN_WORD, ASSET_KIND, .words = asset_kinds,
	 .required = true, .example = "信息系统", .help = "必填，从列表中选择"},
	{"addresses", "地址", "ip|ip地址|address", COLUMN_IDENTIFIERS, ASSET_IDENTIFIERS, IDENTIFIER_ADDRESS,
	 .example = "10.1.0.30", .help = "地址、网段 10.1.0.0/16 或范围 10.1.0.1-10.1.0.9；" SEVERAL},
	{"hosts", "主机名", "主机|host|hostname", COLUMN_IDENTIFIERS, ASSET_IDENTIFIERS, IDENTIFIER_HOST,
	 .example = "jw-app01", .help = SEVERAL},
	{"domains", "域名", "domain", COLUMN_IDENTIFIERS, ASSET_IDENTIFIERS, IDENTIFIER_DOMAIN,
	 .example = "jwxt.example.edu.cn", .help = SEVERAL},
	{"urls", "网址", "url|网站地址", COLUMN_IDENTIFIERS, ASSET_IDENTIFIERS, IDENTIFIER_URL,
	 .example = "https://www.example.edu.cn/jwc", .help = SEVERAL},
	{"macs", "MAC地址", "mac|物理地址", COLUMN_IDENTIFIERS, ASSET_IDENTIFIERS, IDENTIFIER_MAC,
	 .help = SEVERAL},
	{"unit", "所属单位", "单位|部门|使用单位|责任单位", COLUMN_UNIT, ASSET_UNIT, .example = "教务处",
	 .help = "代码或名称"},
	{"owner", "系统负责人", "责任人|负责人|system_owner", COLUMN_HOLDERS, 0, DUTY_SYSTEM_OWNER,
	 .example = "李示例(2019001)", .help = "姓名、工号或邮箱；多个以分号分隔"},
	{"operator", "运维人员", "运维|运维责任人", COLUMN_HOLDERS, 0, DUTY_OPERATOR, .help = "同上"},
	{"purpose", "用途", "功能", COLUMN_TEXT, ASSET_PURPOSE, .example = "选课与成绩"},
	{"exposure", "开放范围", "暴露面|互联网暴露", COLUMN_WORD, ASSET_EXPOSURE, .words = asset_exposures,
	 .example = "互联网"},
	{"mlps_level", "等保级别", "等级保护级别|定级", COLUMN_LEVEL, ASSET_MLPS_LEVEL, .example = "第三级",
	 .help = "1 至 5，或第三级；未定级留空"},
	{"mlps_number", "备案编号", "等保备案编号|备案号", COLUMN_TEXT, ASSET_MLPS_NUMBER},
	{"criticality", "重要程度", "重要性", COLUMN_WORD, ASSET_CRITICALITY, .words = asset_criticalities,
	 .example = "高"},
	{"life", "状态", "生命周期|使用状态", COLUMN_WORD, ASSET_LIFE, .words = asset_lives,
	 .example = "在用", .help = "留空为在用"},
	{"note", "备注", "说明", COLUMN_TEXT, ASSET_NOTE},
	FROM_AND_TO,
};

const struct import_column duty_columns[D_COUNT] = {
	ID_AND_VERSION,
	{"person", "姓名", "人员|工号", COLUMN_PERSON, .required = true, .example = "李示例(2019001)",
	 .help = "必填；工号、邮箱，或不重复的姓名"},
	{"duty", "职责", "岗位|责任", COLUMN_WORD, .words = duties, .required = true,
	 .example = "信息化工作联络员", .help = "必填，从列表中选择"},
	{"unit", "单位", "所属单位|单位名称", COLUMN_UNIT, .example = "信息学院", .help = "与资产二者填一"},
	{"asset", "资产", "资产名称", COLUMN_ASSET, .help = "资产名称"},
	FROM_AND_TO,
};

/* --- kinds ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *chinese;
} kinds[IMPORT_KINDS] = {
#define IMPORT(id, name, chinese) {name, chinese},
	IMPORT_TABLES(IMPORT)
#undef IMPORT
};

const char *import_kind_name(enum import_kind kind)
{
	must(kind < IMPORT_KINDS);
	return kinds[kind].name;
}

int import_kind_parse(struct str name, enum import_kind *ret_kind)
{
	for (int i = 0; i < IMPORT_KINDS; i++)
		if (str_eq(name, str_from(kinds[i].name)) || str_eq(name, str_from(kinds[i].chinese))) {
			*ret_kind = (enum import_kind)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

const char *import_verdict_name(enum import_verdict verdict)
{
	static const char *const names[IMPORT_VERDICT_COUNT] = {
#define VERDICT(id, name) name,
		IMPORT_VERDICTS(VERDICT)
#undef VERDICT
	};

	must(verdict < IMPORT_VERDICT_COUNT);
	return names[verdict];
}

static bool is_alias(struct str aliases, struct str heading)
{
	struct str alias;

	while (str_split(&aliases, '|', &alias))
		if (str_ieq(alias, heading))
			return true;
	return false;
}

/* A star marks what must be filled in, as templates of offices do. */
int import_column_find(const struct import_def *def, struct str heading)
{
	heading = str_trim(heading);
	if (str_starts(heading, STR("*")))
		heading = str_trim(str_from_offset(heading, 1));
	if (str_ends(heading, STR("*")))
		heading = str_trim(str_head(heading, heading.len - 1));
	for (size_t i = 0; i < def->count; i++)
		if (str_ieq(heading, str_from(def->columns[i].name)) ||
		    str_ieq(heading, str_from(def->columns[i].heading)))
			return (int)i;
	for (size_t i = 0; i < def->count; i++)
		if (is_alias(str_from(def->columns[i].aliases), heading))
			return (int)i;
	return -1;
}
