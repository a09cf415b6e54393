/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "enrich/assets_private.h"
#include "event/ip.h"
#include "sheet/csv.h"

#define CHAIN_MAX 64 /* rows of one MAC or host */

enum column { ADDRESS, MAC, HOST, NAME, UNIT, OWNER, CRITICALITY, VALID_FROM, VALID_TO, COLUMNS };

/* What a column may be called, in any case. */
static const struct {
	enum column column;
	const char *name;
} names[] = {
	{ADDRESS, "address"},
	{ADDRESS, "ip"},
	{ADDRESS, "地址"},
	{ADDRESS, "ip地址"},
	{MAC, "mac"},
	{MAC, "mac地址"},
	{MAC, "物理地址"},
	{HOST, "host"},
	{HOST, "hostname"},
	{HOST, "主机名"},
	{HOST, "主机"},
	{NAME, "name"},
	{NAME, "名称"},
	{NAME, "资产名称"},
	{UNIT, "unit"},
	{UNIT, "单位"},
	{UNIT, "部门"},
	{UNIT, "所属单位"},
	{UNIT, "使用单位"},
	{OWNER, "owner"},
	{OWNER, "责任人"},
	{OWNER, "负责人"},
	{CRITICALITY, "criticality"},
	{CRITICALITY, "重要性"},
	{CRITICALITY, "重要程度"},
	{VALID_FROM, "valid_from"},
	{VALID_FROM, "起始日期"},
	{VALID_FROM, "生效日期"},
	{VALID_TO, "valid_to"},
	{VALID_TO, "终止日期"},
	{VALID_TO, "失效日期"},
};

struct loading {
	struct assets *assets;
	struct csv csv;
	int64_t zone;
	const char *file;
	void (*report)(void *context, const struct err *err);
	void *context;
	int place[COLUMNS]; /* in a record; -1: no such column */
	size_t column_count;
	struct {
		VEC_OF(struct range)
	} ranges;
	struct {
		VEC_OF(unsigned)
	} lines; /* of each row */
};

static void report(struct loading *loading, struct err *err)
{
	err_set_file(err, loading->file);
	loading->report(loading->context, err);
}

static struct str field(const struct loading *loading, enum column column)
{
	int place = loading->place[column];

	return place < 0 ? (struct str){0} : str_trim(loading->csv.fields[place]);
}

/* --- the header ----------------------------------------------------------------------------------------- */

static int read_header(struct loading *loading, struct err *ret_err)
{
	struct csv *csv = &loading->csv;
	int r = csv_next(csv, ret_err);

	if (r == ERR_END)
		return err_set(ret_err, ERR_SYNTAX, 1, 0, "it is empty: the first line names the columns");
	for (int i = 0; i < COLUMNS; i++)
		loading->place[i] = -1;
	loading->column_count = csv->count;
	for (size_t i = 0; r == 0 && i < csv->count; i++) {
		struct str name = str_trim(csv->fields[i]);
		struct err err = {0};
		size_t k = 0;

		while (k < sizeof(names) / sizeof(names[0]) && !str_ieq(name, str_from(names[k].name)))
			k++;
		if (k == sizeof(names) / sizeof(names[0])) {
			err_set(&err, ERR_UNKNOWN, csv->record_line, 0,
				"the column '%.*s' means nothing here", STR_FMT(str_head(name, 100)));
			report(loading, &err);
		} else if (loading->place[names[k].column] >= 0) {
			return err_set(ret_err, ERR_SYNTAX, csv->record_line, 0, "two columns for %s",
				       names[k].name);
		} else {
			loading->place[names[k].column] = (int)i;
		}
	}
	if (r == 0 && loading->place[ADDRESS] < 0 && loading->place[MAC] < 0 && loading->place[HOST] < 0)
		r = err_set(ret_err, ERR_SYNTAX, csv->record_line, 0,
			    "the first line names no column address, mac or host");
	if (r == 0 && loading->place[NAME] < 0 && loading->place[UNIT] < 0)
		r = err_set(ret_err, ERR_SYNTAX, csv->record_line, 0,
			    "the first line names no column name or unit");
	return r;
}

/* --- a row ---------------------------------------------------------------------------------------------- */

static int read_range(struct str text, struct range *ret_range)
{
	size_t dash = str_find_char(text, '-');
	uint8_t first[16], last[16];
	struct ip_net net;

	if (dash != STR_NOT_FOUND) {
		if (ip_parse(str_trim(str_head(text, dash)), first) < 0 ||
		    ip_parse(str_trim(str_from_offset(text, dash + 1)), last) < 0)
			return ERR_SYNTAX;
		ret_range->first = address_number_of(first);
		ret_range->last = address_number_of(last);
		/* Of both families: nobody means half of all addresses. */
		return ret_range->first <= ret_range->last && !memcmp(first, last, 4) ? 0 : ERR_RANGE;
	}
	if (ip_net_parse(text, &net) < 0)
		return ERR_SYNTAX;
	ret_range->first = address_number_of(net.ip);
	ret_range->last = net.bits == 128 ? ret_range->first
			  : net.bits == 0 ? ~(address_number)0
					  : ret_range->first | (((address_number)1 << (128 - net.bits)) - 1);
	return 0;
}

/* "2026-1-2", "2026/01/02", "2026年1月2日": its first moment; else RFC 3339. *ret_length: what the text
 * leaves open. */
static int read_date(struct str text, int64_t zone, int64_t *ret_time, int64_t *ret_length)
{
	struct clock_civil civil = {.hour = 0};
	int64_t parts[3] = {0};
	size_t part = 0;
	bool digits = false;

	*ret_length = 0;
	if (text.len >= 16)
		return clock_parse(text, zone, ret_time);
	for (size_t i = 0; i < text.len; i++) {
		if (char_is_digit(text.ptr[i]) && part < 3 && parts[part] < 10000) {
			parts[part] = parts[part] * 10 + (text.ptr[i] - '0');
			digits = true;
		} else if (digits) {
			part++;
			digits = false;
		} else if (!(text.ptr[i] & 0x80)) {
			return ERR_SYNTAX;
		}
	}
	if (part + digits != 3 || parts[0] < 1970 || parts[0] > 9999 || parts[1] < 1 || parts[1] > 12 ||
	    parts[2] < 1 || parts[2] > 31)
		return ERR_SYNTAX;
	civil.year = parts[0];
	civil.month = (int)parts[1];
	civil.day = (int)parts[2];
	*ret_time = clock_from_civil(&civil) - zone;
	*ret_length = CLOCK_DAY;
	return 0;
}

static int read_times(const struct loading *loading, struct asset *asset, struct err *ret_err)
{
	struct str from = field(loading, VALID_FROM), to = field(loading, VALID_TO);
	unsigned line = loading->csv.record_line;
	int64_t length;

	asset->from = INT64_MIN;
	asset->to = INT64_MAX;
	if (from.len && read_date(from, loading->zone, &asset->from, &length) < 0)
		return err_set(ret_err, ERR_SYNTAX, line, 0,
			       "valid_from: '%.*s' is no date such as 2026-01-31",
			       STR_FMT(str_head(from, 100)));
	if (!to.len)
		return 0;
	if (read_date(to, loading->zone, &asset->to, &length) < 0)
		return err_set(ret_err, ERR_SYNTAX, line, 0, "valid_to: '%.*s' is no date such as 2026-12-31",
			       STR_FMT(str_head(to, 100)));
	asset->to += length; /* of a day its end */
	if (asset->to <= asset->from)
		return err_set(ret_err, ERR_RANGE, line, 0, "valid_to is before valid_from");
	return 0;
}

/* Newer rows of the same go before older ones. */
static bool chain(struct loading *loading, struct map *map, struct str key, size_t next, uint32_t number)
{
	struct asset_row *rows = loading->assets->rows.items;
	uint64_t *place = map_put(map, key, NULL);
	uint32_t at = (uint32_t)*place, before = 0;
	size_t length = 0;

	for (; at && rows[at - 1].asset.from > rows[number].asset.from; length++) {
		before = at;
		at = *(uint32_t *)((char *)&rows[at - 1] + next);
	}
	if (length >= CHAIN_MAX)
		return false;
	*(uint32_t *)((char *)&rows[number] + next) = at;
	if (before)
		*(uint32_t *)((char *)&rows[before - 1] + next) = number + 1;
	else
		*place = number + 1;
	return true;
}

static int index_row(struct loading *loading, uint32_t number, const char *mac, struct err *ret_err)
{
	struct assets *assets = loading->assets;
	struct asset_row *row = &assets->rows.items[number];
	struct str label = str_head(row->host, str_find_char(row->host, '.'));
	bool fine = true;

	if (mac)
		fine = chain(loading, assets->macs, str_of(mac, 12), offsetof(struct asset_row, next_mac),
			     number);
	if (fine && row->host.len)
		fine = chain(loading, assets->hosts, row->host, offsetof(struct asset_row, next_host),
			     number);
	if (fine && label.len && label.len < row->host.len)
		fine = chain(loading, assets->labels, label, offsetof(struct asset_row, next_label), number);
	return fine ? 0
		    : err_set(ret_err, ERR_LIMIT, loading->csv.record_line, 0,
			      "more than %d rows of the same MAC or host", CHAIN_MAX);
}

static struct str keep(struct loading *loading, enum column column)
{
	struct str text = field(loading, column);

	return text.len ? arena_copy(loading->assets->arena, text) : text;
}

static int read_row(struct loading *loading, struct err *ret_err)
{
	struct str address = field(loading, ADDRESS), mac = field(loading, MAC), host = field(loading, HOST);
	uint32_t number = (uint32_t)loading->assets->rows.len;
	unsigned line = loading->csv.record_line;
	struct range range = {.number = number};
	struct asset_row row = {.next_mac = 0};
	char digits[12], lower[HOST_MAX + 1];
	int r;

	if (!address.len && !mac.len && !host.len)
		return err_set(ret_err, ERR_SYNTAX, line, 0, "neither address nor mac nor host");
	if (address.len && read_range(address, &range) < 0)
		return err_set(
			ret_err, ERR_SYNTAX, line, 0,
			"address: '%.*s' is no address, no network such as 10.1.0.0/16 and no range such as "
			"10.1.0.1-10.1.0.9",
			STR_FMT(str_head(address, 100)));
	if (mac.len && !assets_mac(mac, digits))
		return err_set(ret_err, ERR_SYNTAX, line, 0,
			       "mac: '%.*s' is no MAC such as 02:00:5e:00:53:01",
			       STR_FMT(str_head(mac, 100)));
	if (host.len && !assets_lower(host, lower, &row.host))
		return err_set(ret_err, ERR_SYNTAX, line, 0, "host: a name of at most %d bytes", HOST_MAX);
	r = read_times(loading, &row.asset, ret_err);
	if (r < 0)
		return r;
	row.host = row.host.len ? arena_copy(loading->assets->arena, row.host) : row.host;
	row.asset.name = keep(loading, NAME);
	row.asset.unit = keep(loading, UNIT);
	row.asset.owner = keep(loading, OWNER);
	row.asset.criticality = keep(loading, CRITICALITY);
	if (!row.asset.name.len && !row.asset.unit.len)
		return err_set(ret_err, ERR_SYNTAX, line, 0, "neither name nor unit");
	vec_push(&loading->assets->rows, row);
	vec_push(&loading->lines, line);
	range.rank = row.asset.from;
	if (address.len)
		vec_push(&loading->ranges, range);
	return index_row(loading, number, mac.len ? digits : NULL, ret_err);
}

static int read_rows(struct loading *loading, struct err *ret_err)
{
	struct csv *csv = &loading->csv;
	int r;

	while ((r = csv_next(csv, ret_err)) == 0) {
		struct err err = {0};

		if (csv->count != loading->column_count)
			return err_set(ret_err, ERR_SYNTAX, csv->record_line, 0,
				       "%zu fields, the first line has %zu", csv->count,
				       loading->column_count);
		if (loading->assets->rows.len == ASSETS_ROWS_MAX)
			return err_set(ret_err, ERR_LIMIT, csv->record_line, 0, "more than %d rows",
				       ASSETS_ROWS_MAX);
		if (read_row(loading, &err) < 0)
			report(loading, &err);
	}
	return r == ERR_END ? 0 : r;
}

static int build_ranges(struct loading *loading, struct err *ret_err)
{
	uint32_t refused = 0;

	loading->assets->ranges = ranges_new(loading->ranges.items, loading->ranges.len, &refused);
	if (loading->assets->ranges)
		return 0;
	return err_set(ret_err, ERR_LIMIT, loading->lines.items[refused], 0,
		       "more than %d rows hold the same address", RANGES_DEPTH_MAX);
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------ */

static int parse(struct loading *loading, char *bytes, size_t len, struct err *ret_err)
{
	int r;

	csv_init(&loading->csv, bytes, len);
	r = read_header(loading, ret_err);
	if (r == 0)
		r = read_rows(loading, ret_err);
	if (r == 0)
		r = build_ranges(loading, ret_err);
	return r;
}

static struct assets *assets_new(void)
{
	struct assets *assets = calloc(1, sizeof(*assets));

	must(assets);
	atomic_init(&assets->references, 1);
	assets->arena = arena_new(0);
	assets->macs = map_new();
	assets->hosts = map_new();
	assets->labels = map_new();
	must(assets->arena && assets->macs && assets->hosts && assets->labels);
	return assets;
}

int assets_parse(char *bytes, size_t len, const char *file, int64_t zone,
		 void (*report_to)(void *context, const struct err *err), void *context,
		 struct assets **ret_assets, struct err *ret_err)
{
	struct loading loading = {
		.assets = assets_new(), .zone = zone, .file = file, .report = report_to, .context = context};
	struct buf scratch = {0};
	struct str text;
	int r = csv_text(str_of(bytes, len), &scratch, &text, ret_err);

	if (r == 0)
		r = parse(&loading, (char *)text.ptr, text.len,
			  ret_err); /* bytes or scratch, both ours to change */
	vec_done(&loading.ranges);
	vec_done(&loading.lines);
	buf_done(&scratch);
	if (r < 0) {
		if (ret_err)
			err_set_file(ret_err, file);
		assets_release(loading.assets);
		return r;
	}
	*ret_assets = loading.assets;
	return 0;
}

int assets_load(const char *path, int64_t zone, void (*report_to)(void *context, const struct err *err),
		void *context, struct assets **ret_assets, struct err *ret_err)
{
	struct buf bytes = {0};
	int r = io_read_file(path, ASSETS_FILE_MAX, &bytes);

	if (r < 0) {
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
		if (ret_err)
			err_set_file(ret_err, path);
	} else {
		r = assets_parse(bytes.ptr, bytes.len, path, zone, report_to, context, ret_assets, ret_err);
	}
	buf_done(&bytes);
	return r;
}

struct assets *assets_use(struct assets *assets)
{
	atomic_fetch_add(&assets->references, 1);
	return assets;
}

void assets_release(struct assets *assets)
{
	if (!assets || atomic_fetch_sub(&assets->references, 1) != 1)
		return;
	vec_done(&assets->rows);
	ranges_free(assets->ranges);
	map_free(assets->macs);
	map_free(assets->hosts);
	map_free(assets->labels);
	arena_free(assets->arena);
	free(assets);
}

size_t assets_count(const struct assets *assets)
{
	return assets->rows.len;
}
