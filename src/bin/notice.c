/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/notice.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "bin/record_link.h"
#include "event/listener.h"

#define RETRY_PAUSE_NS 100000000
#define TEXT_MAX (64 * 1024) /* of one member; a longer one is cut */

static void put_text(struct buf *out, const char *key, struct str text)
{
	text.len = text.len > TEXT_MAX ? str_utf8_len(str_head(text, TEXT_MAX)) : text.len;
	buf_printf(out, "%s\"%s\":", out->len && out->ptr[out->len - 1] != '{' ? "," : "", key);
	buf_add_json_string(out, text);
}

static void format_platform(struct buf *out, const char *event, const char *level, const char *message,
			    struct str members)
{
	buf_add_char(out, '{');
	put_text(out, "event", str_from(event));
	put_text(out, "level", str_from(level));
	put_text(out, "message", str_from(message));
	if (members.len)
		buf_add_char(out, ',');
	buf_add_str(out, members);
	buf_add_char(out, '}');
}

void notice_audit_format(const struct notice_audit *notice, struct buf *out)
{
	buf_add_char(out, '{');
	put_text(out, "action", notice->action);
	put_text(out, "user", notice->user);
	put_text(out, "role", notice->role);
	put_text(out, "address", notice->address);
	put_text(out, "via", str_from(notice->via));
	put_text(out, "object", notice->object);
	put_text(out, "outcome", str_from(notice->outcome));
	if (notice->detail.len) {
		buf_add_str(out, STR(",\"detail\":"));
		buf_add_str(out, notice->detail);
	}
	buf_add_char(out, '}');
}

/* Nothing listens: nothing runs on that data folder, and waiting would not help. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ECONNREFUSED;
}

int notice_connect(const char *socket, int64_t timeout, struct record_link **ret_link)
{
	const struct timespec pause = {0, RETRY_PAUSE_NS};
	int64_t limit = clock_monotonic() + timeout;
	int r;

	while ((r = record_link_open_within(socket, timeout, ret_link)) < 0 && !is_absent(r) &&
	       clock_monotonic() < limit)
		nanosleep(&pause, NULL);
	return r;
}

int notice_send(struct record_link *link, uint16_t listener, struct str text)
{
	const char *hint = listener == LISTENER_AUDIT ? NOTICE_AUDIT : NOTICE_PLATFORM;
	int r = record_link_add_from(link, listener, str_from(hint), text);

	return r < 0 ? r : record_link_flush(link);
}

static int say(const char *socket, uint16_t listener, struct str text, int64_t timeout)
{
	struct record_link *link;
	int r = notice_connect(socket, timeout, &link);

	if (r < 0)
		return r;
	r = notice_send(link, listener, text);
	record_link_close(link);
	return r;
}

int notice_platform(const char *socket, const char *event, const char *level, const char *message,
		    struct str members, int64_t timeout)
{
	struct buf text = {0};
	int r;

	format_platform(&text, event, level, message, members);
	r = say(socket, LISTENER_PLATFORM, buf_str(&text), timeout);
	buf_done(&text);
	return r;
}

int notice_audit(const char *socket, const struct notice_audit *notice, int64_t timeout)
{
	struct buf text = {0};
	int r;

	notice_audit_format(notice, &text);
	r = say(socket, LISTENER_AUDIT, buf_str(&text), timeout);
	buf_done(&text);
	return r;
}
