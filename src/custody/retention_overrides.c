/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "custody/retention_file.h"

#define GIB (1024ull * 1024 * 1024)
#define SIZE_GIB_MAX (16 * 1024 * 1024)

/* --- reading ------------------------------------------------------------------------------------------- */

static struct str text_of(const struct json_node *object, struct str key)
{
	const struct json_node *value = json_get(object, key);

	return value && value->type == JSON_STRING ? str_of(value->text, value->len) : (struct str){0};
}

/* 0 where it is not there, ERR_RANGE where it is nonsense. */
static int number_of(const struct json_node *object, struct str key, long max, long *ret_value)
{
	const struct json_node *value = json_get(object, key);
	int64_t number = 0;

	if (value && (value->type != JSON_NUMBER ||
		      str_to_i64(str_of(value->text, value->len), &number) < 0 || number < 0 || number > max))
		return ERR_RANGE;
	*ret_value = (long)number;
	return 0;
}

static int read_order(struct json_parser *parser, struct str line, struct retention_order *ret_order)
{
	const struct json_node *root, *end;
	struct retention_order order = {0};
	int r = json_parse(parser, line, &root, NULL);

	if (r < 0 || root->type != JSON_OBJECT)
		return ERR_SYNTAX;
	end = json_get(root, STR("end"));
	order.end = end && end->type == JSON_TRUE;
	order.user = text_of(root, STR("user"));
	order.reason = text_of(root, STR("reason"));
	if (number_of(root, STR("days"), RETENTION_LEAST_DAYS, &order.days) < 0 ||
	    number_of(root, STR("size_gib"), SIZE_GIB_MAX, &order.size_gib) < 0)
		return ERR_RANGE;
	if (!order.end && (clock_parse(text_of(root, STR("until")), 0, &order.until) < 0 ||
			   (!order.days && !order.size_gib)))
		return ERR_SYNTAX;
	*ret_order = order;
	return 0;
}

static void apply(const struct retention_order *order, int64_t now, struct retention_override *override)
{
	uint64_t size = (uint64_t)order->size_gib * GIB;

	if (order->end)
		*override = (struct retention_override){.days = RETENTION_LEAST_DAYS};
	if (order->end || order->until <= now)
		return;
	override->active = true;
	if (order->days && order->days < override->days)
		override->days = order->days;
	if (size && (!override->size || size < override->size))
		override->size = size;
	snprintf(override->text, sizeof(override->text), "by %.*s: %.*s",
		 (int)(order->user.len > 40 ? 40 : order->user.len), order->user.ptr ? order->user.ptr : "",
		 (int)str_utf8_len(str_head(order->reason, 100)), order->reason.ptr ? order->reason.ptr : "");
}

int retention_overrides_parse(struct str text, int64_t now, struct retention_override *ret_override,
			      bool *ret_ever, struct err *ret_err)
{
	struct retention_override override = {.days = RETENTION_LEAST_DAYS};
	struct json_parser *parser = json_parser_new();
	struct retention_order order;
	struct str line;
	unsigned number = 0;
	bool ever = false;
	int r = 0;

	while (r == 0 && str_split(&text, '\n', &line)) {
		number++;
		if (!str_trim(line).len)
			continue;
		r = read_order(parser, line, &order);
		if (r < 0)
			err_set(ret_err, r, number, 0, "this is no override; nothing is overridden");
		else
			apply(&order, now, &override);
		ever = true;
	}
	json_parser_free(parser);
	if (r == 0) {
		*ret_override = override;
		if (ret_ever)
			*ret_ever = ever;
	}
	return r;
}

static int stat_parent(const char *path, struct stat *ret_status)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	return stat(parent, ret_status) < 0 ? -errno : 0;
}

/* A regular file that the owner of its folder owns, and that nobody else can write. */
static int check_owner(const char *path, int fd)
{
	struct stat file = {0}, folder = {0};
	int r = stat_parent(path, &folder);

	if (r == 0 && fstat(fd, &file) < 0)
		r = -errno;
	if (r < 0)
		return r;
	return S_ISREG(file.st_mode) && file.st_uid == folder.st_uid && !(file.st_mode & (S_IWGRP | S_IWOTH))
		       ? 0
		       : ERR_DENIED;
}

int retention_overrides_read(const char *path, int64_t now, struct retention_override *ret_override,
			     bool *ret_ever, struct err *ret_err)
{
	struct buf text = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), r;
	ssize_t n = 0;

	*ret_override = (struct retention_override){.days = RETENTION_LEAST_DAYS};
	if (ret_ever)
		*ret_ever = false;
	if (fd < 0 && errno == ENOENT)
		return 0;
	r = fd < 0 ? -errno : check_owner(path, fd);
	if (r == 0 && (n = io_read(fd, buf_reserve(&text, OVERRIDES_FILE_MAX), OVERRIDES_FILE_MAX)) < 0)
		r = (int)n;
	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot use it: %s", err_text(r));
	else
		r = retention_overrides_parse(str_of(text.ptr, (size_t)n), now, ret_override, ret_ever,
					      ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	if (fd >= 0)
		close(fd);
	buf_done(&text);
	return r;
}

/* --- writing ------------------------------------------------------------------------------------------- */

static void format_order(const struct retention_order *order, struct buf *out)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(order->made, time);
	buf_printf(out, "{\"made\":\"%s\"", time);
	clock_format(order->until, time);
	if (order->end)
		buf_printf(out, ",\"end\":true");
	else
		buf_printf(out, ",\"until\":\"%s\",\"days\":%ld,\"size_gib\":%ld", time, order->days,
			   order->size_gib);
	buf_printf(out, ",\"user\":");
	buf_add_json_string(out, order->user);
	buf_printf(out, ",\"reason\":");
	buf_add_json_string(out, order->reason);
	buf_printf(out, "}\n");
}

int retention_overrides_add(const char *path, const struct retention_order *order, struct err *ret_err)
{
	struct buf text = {0};
	struct stat folder;
	int r = io_read_file(path, OVERRIDES_FILE_MAX - 4096, &text);

	if (r == 0 || r == -ENOENT) {
		format_order(order, &text);
		r = io_replace_file(path, text.ptr, text.len, 0644);
	}
	if (r == 0 && geteuid() == 0 && (r = stat_parent(path, &folder)) == 0 &&
	    chown(path, folder.st_uid, folder.st_gid) < 0)
		r = -errno;
	buf_done(&text);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot write %s: %s", path, err_text(r)) : 0;
}
