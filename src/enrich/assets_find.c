/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/assets_private.h"

bool assets_lower(struct str name, char *out, struct str *ret_lower)
{
	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	if (!name.len || name.len > HOST_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		out[i] = char_lower(name.ptr[i]);
	*ret_lower = str_of(out, name.len);
	return true;
}

bool assets_mac(struct str text, char ret_mac[12])
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = char_lower(text.ptr[i]);

		if (c == ':' || c == '-' || c == '.')
			continue;
		if (digits == 12 || (!char_is_digit(c) && (c < 'a' || c > 'f')))
			return false;
		ret_mac[digits++] = c;
	}
	return digits == 12;
}

static bool is_valid(const struct asset *asset, int64_t time)
{
	return asset->from <= time && time < asset->to;
}

const uint32_t *assets_rows(const struct assets *assets, const uint8_t ip[16], size_t *ret_count)
{
	return ranges_find(assets->ranges, address_number_of(ip), ret_count);
}

const struct asset *assets_valid(const struct assets *assets, const uint32_t *rows, size_t count,
				 int64_t time)
{
	for (size_t i = 0; i < count; i++)
		if (is_valid(&assets->rows.items[rows[i]].asset, time))
			return &assets->rows.items[rows[i]].asset;
	return NULL;
}

const struct asset *assets_by_ip(const struct assets *assets, const uint8_t ip[16], int64_t time)
{
	size_t count;
	const uint32_t *rows = assets_rows(assets, ip, &count);

	return assets_valid(assets, rows, count, time);
}

/* Chains are in the order of valid_from, the latest first. */
static const struct asset *first_valid(const struct assets *assets, const struct map *map, struct str key,
				       size_t next, int64_t time)
{
	uint64_t *found = map_get(map, key);
	uint32_t at = found ? (uint32_t)*found : 0;

	while (at) {
		const struct asset_row *row = &assets->rows.items[at - 1];

		if (is_valid(&row->asset, time))
			return &row->asset;
		at = *(const uint32_t *)((const char *)row + next);
	}
	return NULL;
}

const struct asset *assets_by_mac(const struct assets *assets, struct str mac, int64_t time)
{
	char digits[12];

	if (!map_len(assets->macs) || !assets_mac(mac, digits))
		return NULL;
	return first_valid(assets, assets->macs, str_of(digits, 12), offsetof(struct asset_row, next_mac),
			   time);
}

/* Of www1 the one host that the register calls www1 and something; NULL where there are two. */
static const struct asset *by_label(const struct assets *assets, struct str label, int64_t time)
{
	uint64_t *found = map_get(assets->labels, label);
	const struct asset_row *chosen = NULL;

	for (uint32_t at = found ? (uint32_t)*found : 0; at;) {
		const struct asset_row *row = &assets->rows.items[at - 1];

		if (is_valid(&row->asset, time)) {
			if (chosen && !str_eq(chosen->host, row->host))
				return NULL;
			chosen = chosen ? chosen : row;
		}
		at = row->next_label;
	}
	return chosen ? &chosen->asset : NULL;
}

const struct asset *assets_by_host(const struct assets *assets, struct str name, bool loose, int64_t time)
{
	const struct asset *asset;
	char buffer[HOST_MAX + 1];
	struct str lower;
	size_t dot;

	if (!map_len(assets->hosts) || !assets_lower(name, buffer, &lower))
		return NULL;
	asset = first_valid(assets, assets->hosts, lower, offsetof(struct asset_row, next_host), time);
	if (asset || !loose)
		return asset;
	dot = str_find_char(lower, '.');
	if (dot == STR_NOT_FOUND)
		return by_label(assets, lower, time);
	return first_valid(assets, assets->hosts, str_head(lower, dot), offsetof(struct asset_row, next_host),
			   time);
}
