/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_ASSET_H
#define PEOPLE_ASSET_H
/* What the university has that can be attacked: from a host to the account of a service. */
#include "people/identifier.h"
#include "people/register.h"

/* Numbered as stored: never renumber. X(NAME, number, "name", "Chinese term") */
#define ASSET_KINDS(X)                                             \
	X(HOST, 1, "host", "主机")                                 \
	X(RANGE, 2, "range", "地址段")                             \
	X(DOMAIN, 3, "domain", "域名")                             \
	X(WEB_SITE, 4, "web_site", "网站")                         \
	X(INFORMATION_SYSTEM, 5, "information_system", "信息系统") \
	X(NETWORK_DEVICE, 6, "network_device", "网络设备")         \
	X(DATABASE, 7, "database", "数据库")                       \
	X(SERVICE_ACCOUNT, 8, "service_account", "服务账号")

#define ASSET_EXPOSURES(X)                   \
	X(INTERNET, 1, "internet", "互联网") \
	X(CAMPUS, 2, "campus", "校园网")     \
	X(INTERNAL, 3, "internal", "内部网络")

#define ASSET_CRITICALITIES(X)       \
	X(LOW, 1, "low", "低")       \
	X(MEDIUM, 2, "medium", "中") \
	X(HIGH, 3, "high", "高")     \
	X(CRITICAL, 4, "critical", "核心")

#define ASSET_LIVES(X)                         \
	X(PLANNED, 1, "planned", "规划")       \
	X(IN_SERVICE, 2, "in_service", "在用") \
	X(ZOMBIE, 3, "zombie", "僵尸")         \
	X(UNOWNED, 4, "unowned", "双非")       \
	X(CLOSED, 5, "closed", "关停")

/* A list of names: one of the four above, and how a number of it is called. */
struct asset_word {
	int number;
	const char *name, *chinese;
};
extern const struct asset_word asset_kinds[], asset_exposures[], asset_criticalities[], asset_lives[];

/* 0: "" there, and back. The name or the Chinese term; ERR_UNKNOWN. */
const char *asset_word_name(const struct asset_word *words, int number);
int asset_word_parse(const struct asset_word *words, struct str name, int *ret_number);

#define X(id, n, name, chinese) ASSET_##id = (n),
enum asset_kind { ASSET_KINDS(X) };
enum asset_exposure { ASSET_EXPOSURES(X) };
enum asset_criticality { ASSET_CRITICALITIES(X) };
enum asset_life { ASSET_LIVES(X) };
#undef X

#define ASSET_MLPS_MAX 5 /* GB/T 22240-2020 */

struct asset {
	int64_t id, version;
	struct str name;
	int kind;
	struct str identifiers; /* as identifiers_finish() leaves them */
	int64_t unit;           /* 0: none */
	struct str purpose;
	int exposure;           /* 0: not said */
	int mlps_level;         /* 0: not classified */
	struct str mlps_number; /* of the filing */
	int criticality;        /* 0: not said */
	int life;
	struct str note;
	int64_t from, to;
	struct str unit_name; /* out only */
};

enum {
	ASSET_NAME = 1,
	ASSET_KIND = 2,
	ASSET_IDENTIFIERS = 4,
	ASSET_UNIT = 8,
	ASSET_PURPOSE = 16,
	ASSET_EXPOSURE = 32,
	ASSET_MLPS_LEVEL = 64,
	ASSET_MLPS_NUMBER = 128,
	ASSET_CRITICALITY = 256,
	ASSET_LIFE = 512,
	ASSET_NOTE = 1024,
};

typedef int asset_visit(void *context, const struct asset *asset);

/* As those of unit.h. Closing ends its duties, too. */
int asset_add(struct db_tx *tx, const struct asset *asset, const struct statement *statement, int64_t *ret_id,
	      struct err *ret_err);
int asset_update(struct db_tx *tx, int64_t id, const struct asset *asset, unsigned members,
		 const struct statement *statement, struct err *ret_err);
int asset_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	       const struct statement *statement, struct err *ret_err);
int asset_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);

int asset_get(struct db_tx *tx, int64_t id, const struct register_view *view, asset_visit *visit,
	      void *context);
int asset_states(struct db_tx *tx, int64_t id, asset_visit *visit, void *context);

/* Where one alone is called so; ERR_END, ERR_DUPLICATE. */
int asset_find(struct db_tx *tx, struct str name, const struct register_view *view, int64_t *ret_id);

#define ASSET_UNIT_NONE (-1) /* that belong to no unit */

struct asset_filter {
	struct register_view view;
	int64_t unit;                                            /* this one and those below; 0: all */
	unsigned kinds, lives, criticalities, levels, exposures; /* bits 1 << number; 0: all */
	struct str words; /* part of name, identifiers, purpose or filing number */
	int64_t since;    /* µs; only those that had the same identifiers then, too; 0: all */
	int64_t cursor;
	unsigned limit;
};
int asset_list(struct db_tx *tx, const struct asset_filter *filter, asset_visit *visit, void *context,
	       int64_t *ret_next);

/* How many of them each unit has itself, those below it apart; unit 0: none. The filter's unit, since, cursor
   and limit say nothing here. All assets are looked at: some 2 µs each. */
typedef int asset_count_visit(void *context, int64_t unit, int64_t count);
int asset_counts(struct db_tx *tx, const struct asset_filter *filter, asset_count_visit *visit,
		 void *context);

/* Every state that is not over before since, of all assets, with the name of whoever answers for it first at
   the state's end or now: for the copy that events are enriched from. By asset and time. */
typedef int asset_state_visit(void *context, const struct asset *asset, struct str owner);
int asset_every_state(struct db_tx *tx, int64_t since, int64_t now, asset_state_visit *visit, void *context);

#endif
