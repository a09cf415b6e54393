/* SPDX-License-Identifier: Apache-2.0 */
/* heads.syslog: a message of RFC 5424 for each note, over UDP (RFC 5426) or TCP with octet counting (RFC
 * 6587). */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "publish/publish.h"

#define PRIORITY (13 * 8 + 5) /* log audit, notice */
#define CONNECT_MS 5000
#define CLOSE_MS 3000
#define HOST_MAX 255
#define PORT_MAX 15

void publish_syslog_format(const struct publish_note *note, const char *host, struct buf *out)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(note->head.time, time);
	buf_printf(out, "<%d>1 %s %s wanglou - head - ", PRIORITY, time, host[0] ? host : "-");
	for (size_t i = 0; i < note->text.len; i++) {
		if (note->text.ptr[i] == '\n')
			buf_add_str(out, STR("\\n"));
		else
			buf_add_char(out, note->text.ptr[i]);
	}
}

int publish_syslog_address(struct str address, bool *ret_tcp, struct str *ret_host, struct str *ret_port)
{
	bool tcp = str_starts(address, STR("tcp:"));
	struct str rest = tcp || str_starts(address, STR("udp:")) ? str_from_offset(address, 4) : address;
	size_t colon = rest.len;

	while (colon && rest.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 || colon == rest.len || rest.len - colon > PORT_MAX || colon - 1 > HOST_MAX)
		return ERR_SYNTAX;
	*ret_port = str_from_offset(rest, colon);
	rest = str_head(rest, colon - 1);
	if (rest.ptr[0] == '[' && str_ends(rest, STR("]")) && rest.len > 2)
		rest = str_of(rest.ptr + 1, rest.len - 2);
	else if (str_find_char(rest, ':') != STR_NOT_FOUND)
		return ERR_SYNTAX;
	*ret_tcp = tcp;
	*ret_host = rest;
	return 0;
}

/* Connected within CONNECT_MS, or -1 with errno. */
static int connect_one(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, info->ai_protocol);
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(errno);
	int error = 0;

	if (fd < 0)
		return -1;
	if (connect(fd, info->ai_addr, info->ai_addrlen) < 0) {
		error = errno;
		if (error == EINPROGRESS && poll(&wait, 1, CONNECT_MS) == 1)
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
		else if (error == EINPROGRESS)
			error = ETIMEDOUT;
	}
	if (error) {
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int open_address(const char *address, bool *ret_tcp, struct err *ret_err)
{
	struct str host_text, port_text;
	struct addrinfo hints = {0}, *list;
	char host[HOST_MAX + 1], port[PORT_MAX + 1];
	int fd = -1, r = publish_syslog_address(str_from(address), ret_tcp, &host_text, &port_text);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "heads.syslog is host:port or tcp:host:port, not '%s'",
			       address);
	snprintf(host, sizeof(host), "%.*s", STR_FMT(host_text));
	snprintf(port, sizeof(port), "%.*s", STR_FMT(port_text));
	hints.ai_socktype = *ret_tcp ? SOCK_STREAM : SOCK_DGRAM;
	r = getaddrinfo(host, port, &hints, &list);
	if (r != 0)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "%s: %s", address, gai_strerror(r));
	for (const struct addrinfo *info = list; info && fd < 0; info = info->ai_next)
		fd = connect_one(info);
	r = fd < 0 ? -errno : fd;
	freeaddrinfo(list);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot reach %s: %s", address, err_text(r)) : r;
}

/* The far side closes when it has read all; a reset before that says it has not. */
static int finish_tcp(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char bytes[256];
	ssize_t n = 1;

	shutdown(fd, SHUT_WR);
	while (n > 0 && poll(&wait, 1, CLOSE_MS) == 1)
		n = recv(fd, bytes, sizeof(bytes), 0);
	return n < 0 && errno != EAGAIN ? -errno : 0;
}

static int send_all(int fd, bool tcp, const struct publish_note *notes, size_t count)
{
	char host[HOST_MAX + 1] = "";
	struct buf message = {0}, framed = {0};
	int r = 0;

	gethostname(host, sizeof(host) - 1);
	for (size_t i = 0; i < count && r == 0; i++) {
		buf_clear(&message);
		buf_clear(&framed);
		publish_syslog_format(&notes[i], host, &message);
		if (tcp)
			buf_printf(&framed, "%zu ", message.len);
		buf_add_str(&framed, buf_str(&message));
		r = io_write(fd, framed.ptr, framed.len); /* far less than a socket's buffer */
	}
	if (r == 0 && tcp)
		r = finish_tcp(fd);
	buf_done(&message);
	buf_done(&framed);
	return r;
}

static int send_notes(const struct publish_settings *settings, const struct publish_note *notes, size_t count,
		      struct err *ret_err)
{
	const char *address = settings->syslog;
	bool tcp = false;
	int fd = open_address(address, &tcp, ret_err), r;

	if (fd < 0)
		return fd;
	r = send_all(fd, tcp, notes, count);
	close(fd);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s does not take heads: %s", address, err_text(r)) : 0;
}

const struct publish_target publish_syslog = {
	.name = "syslog",
	.address = offsetof(struct publish_settings, syslog),
	.every = offsetof(struct publish_settings, every),
	.send = send_notes,
};
