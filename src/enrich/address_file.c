/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "enrich/private.h"
#include "event/ip.h"

#define NAME_MAX_BYTES 256         /* of a network; the rest is cut off */
#define VALUES_IN_ALL (1ull << 28) /* a second's work; the largest files in use have a tenth of that */
#define WHAT_TO_DO "fetch it again, or name another in the settings"

struct correction {
	struct ip_net net;
	unsigned country;
};

struct address_file {
	MMDB_s db;
	struct correction corrections[ADDRESS_CORRECTIONS_MAX];
	size_t correction_count;
};

/* The members that lead to a country, best first, in the layouts there are. */
static const char *const country_paths[][3] = {
	{"country_code", NULL},                   /* ip-location-db, IPinfo */
	{"country", "iso_code", NULL},            /* GeoLite2-Country and -City, DB-IP */
	{"registered_country", "iso_code", NULL}, /* of whom there is nothing better: anycast */
};
#define COUNTRY_PATHS (sizeof(country_paths) / sizeof(country_paths[0]))

static const char *const number_path[] = {"autonomous_system_number", NULL};
static const char *const name_path[] = {"autonomous_system_organization", NULL};

/* --- what an entry says -------------------------------------------------------------------------------- */

static bool read_text(MMDB_entry_s entry, const char *const *path, const char **ret_text, uint32_t *ret_bytes)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(&entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
	    data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return false;
	*ret_text = data.utf8_string;
	*ret_bytes = data.data_size;
	return true;
}

static unsigned country_number(const char *text, size_t bytes)
{
	if (bytes != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
		return COUNTRY_NONE;
	return 1 + 26 * (unsigned)(text[0] - 'A') + (unsigned)(text[1] - 'A');
}

static unsigned read_country(MMDB_entry_s entry)
{
	const char *text;
	uint32_t bytes;

	for (size_t i = 0; i < COUNTRY_PATHS; i++) {
		unsigned country = read_text(entry, country_paths[i], &text, &bytes)
					   ? country_number(text, bytes)
					   : COUNTRY_NONE;

		if (country != COUNTRY_NONE)
			return country;
	}
	return COUNTRY_NONE;
}

static struct network read_network(MMDB_entry_s entry)
{
	struct network network = {0};
	MMDB_entry_data_s data;
	uint32_t bytes;

	if (MMDB_aget_value(&entry, &data, number_path) == MMDB_SUCCESS && data.has_data &&
	    data.type == MMDB_DATA_TYPE_UINT32)
		network.number = data.uint32;
	if (read_text(entry, name_path, &network.name, &bytes))
		network.name_bytes = (uint16_t)(bytes < NAME_MAX_BYTES ? bytes : NAME_MAX_BYTES);
	return network;
}

static bool find(const struct address_file *file, const uint8_t ip[16], MMDB_entry_s *ret_entry)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	const struct sockaddr *address;
	MMDB_lookup_result_s result;
	int error = MMDB_SUCCESS;

	if (memcmp(ip, mapped, sizeof(mapped)) == 0) {
		memcpy(&v4.sin_addr, ip + 12, 4);
		address = (const struct sockaddr *)&v4;
	} else {
		memcpy(&v6.sin6_addr, ip, 16);
		address = (const struct sockaddr *)&v6;
	}
	result = MMDB_lookup_sockaddr(&file->db, address, &error);
	if (error != MMDB_SUCCESS || !result.found_entry)
		return false;
	*ret_entry = result.entry;
	return true;
}

unsigned address_file_country(const struct address_file *file, const uint8_t ip[16])
{
	MMDB_entry_s entry;

	for (size_t i = 0; i < file->correction_count; i++)
		if (ip_net_contains(&file->corrections[i].net, ip))
			return file->corrections[i].country;
	return find(file, ip, &entry) ? read_country(entry) : COUNTRY_NONE;
}

struct network address_file_network(const struct address_file *file, const uint8_t ip[16])
{
	MMDB_entry_s entry;

	return find(file, ip, &entry) ? read_network(entry) : (struct network){0};
}

/* --- opening ------------------------------------------------------------------------------------------- */

/* An entry of the tree: whole, and whether it says what is wanted. */
static int check_entry(struct address_check *check, MMDB_entry_s entry, enum address_fact wanted,
		       bool *holds_wanted)
{
	struct network network;
	int r;

	if (entry.offset < check->size && check->seen[entry.offset / 8] & 1u << entry.offset % 8)
		return 0;
	r = address_check_value(check, entry.offset);
	if (r < 0 || *holds_wanted)
		return r;
	if (wanted == ADDRESS_COUNTRY) {
		*holds_wanted = read_country(entry) != COUNTRY_NONE;
	} else {
		network = read_network(entry);
		*holds_wanted = network.number || network.name_bytes;
	}
	return 0;
}

/* Node by node in the order of the file, not as a tree: one that bites its own tail ends here as well, and a
   lookup takes no more steps than an address has bits. */
static int check_tree(const MMDB_s *db, enum address_fact wanted, struct err *ret_err)
{
	struct address_check check = {
		.bytes = db->data_section, .size = db->data_section_size, .left = VALUES_IN_ALL};
	bool holds_wanted = false;
	int r = 0;

	check.seen = calloc(1, check.size / 8 + 1);
	must(check.seen);
	for (uint32_t i = 0; i < db->metadata.node_count && r == 0; i++) {
		MMDB_search_node_s node;

		if (MMDB_read_node(db, i, &node) != MMDB_SUCCESS ||
		    node.left_record_type == MMDB_RECORD_TYPE_INVALID ||
		    node.right_record_type == MMDB_RECORD_TYPE_INVALID)
			r = ERR_CORRUPT;
		if (r == 0 && node.left_record_type == MMDB_RECORD_TYPE_DATA)
			r = check_entry(&check, node.left_record_entry, wanted, &holds_wanted);
		if (r == 0 && node.right_record_type == MMDB_RECORD_TYPE_DATA)
			r = check_entry(&check, node.right_record_entry, wanted, &holds_wanted);
	}
	free(check.seen);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "it is damaged: %s; " WHAT_TO_DO, err_text(r));
	if (!holds_wanted)
		return err_set(
			ret_err, ERR_UNKNOWN, 0, 0, "it holds no %s; " WHAT_TO_DO,
			wanted == ADDRESS_COUNTRY
				? "countries (country_code, country.iso_code)"
				: "networks (autonomous_system_number, autonomous_system_organization)");
	return 0;
}

/* libmaxminddb opens files by name alone, and maps them. From a copy that has no name on any disk nobody can
   take bytes away: a mapped file that is cut short kills who reads it. */
static int open_copy(const struct buf *bytes, MMDB_s *ret_db, struct err *ret_err)
{
	char name[32];
	int fd = memfd_create("addresses", MFD_CLOEXEC), r = fd < 0 ? -errno : 0;

	if (r == 0)
		r = io_write(fd, bytes->ptr, bytes->len);
	if (r < 0) {
		err_set(ret_err, r, 0, 0, "no memory for it: %s", err_text(r));
	} else {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		r = MMDB_open(name, MMDB_MODE_MMAP, ret_db);
		if (r != MMDB_SUCCESS)
			r = err_set(ret_err, ERR_CORRUPT, 0, 0, "it is damaged: %s; " WHAT_TO_DO,
				    MMDB_strerror(r));
	}
	if (fd >= 0)
		close(fd);
	return r;
}

static int open_bytes(const struct buf *bytes, enum address_fact wanted, struct address_file *file,
		      struct err *ret_err)
{
	int r = address_check_metadata((const uint8_t *)bytes->ptr, bytes->len);

	if (r == ERR_UNKNOWN)
		return err_set(ret_err, r, 0, 0, "it is no MaxMind DB, or not whole; " WHAT_TO_DO);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "its description is damaged: %s; " WHAT_TO_DO, err_text(r));
	r = open_copy(bytes, &file->db, ret_err);
	if (r < 0)
		return r;
	r = check_tree(&file->db, wanted, ret_err);
	if (r < 0)
		MMDB_close(&file->db);
	return r;
}

int address_file_open(const char *path, enum address_fact wanted, struct address_file **ret_file,
		      struct err *ret_err)
{
	struct address_file *file = calloc(1, sizeof(*file));
	struct buf bytes = {0};
	int r;

	must(file);
	r = io_read_file(path, ADDRESS_FILE_MAX, &bytes);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	else
		r = open_bytes(&bytes, wanted, file, ret_err);
	buf_done(&bytes);
	if (r < 0) {
		err_set_file(ret_err, path);
		free(file);
		return r;
	}
	*ret_file = file;
	return 0;
}

int address_file_correct(struct address_file *file, const char *list, struct err *ret_err)
{
	struct str rest = str_from(list), part;
	size_t count = 0;

	while (str_split(&rest, ',', &part)) {
		struct correction *correction = &file->corrections[count];
		size_t equals = str_find_char(part, '=');
		struct str code = {0};

		if (!str_trim(part).len)
			continue;
		if (count++ == ADDRESS_CORRECTIONS_MAX)
			return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d networks",
				       ADDRESS_CORRECTIONS_MAX);
		if (equals != STR_NOT_FOUND)
			code = str_trim(str_from_offset(part, equals + 1));
		correction->country = country_number(code.ptr, code.len);
		if (correction->country == COUNTRY_NONE ||
		    ip_net_parse(str_trim(str_head(part, equals)), &correction->net) < 0)
			return err_set(ret_err, ERR_SYNTAX, 0, 0, "'%.*s' is not like 2001:da8::/32=CN",
				       STR_FMT(str_trim(part)));
	}
	file->correction_count = count;
	return 0;
}

void address_file_close(struct address_file *file)
{
	if (!file)
		return;
	MMDB_close(&file->db);
	free(file);
}

int64_t address_file_made(const struct address_file *file)
{
	return (int64_t)file->db.metadata.build_epoch;
}

const char *address_file_shipped(void)
{
	const char *path = getenv("WANGLOU_GEO");

	return path ? path : GEO_FILE;
}
