/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

#define MAGIC 0x4C57 /* "WL" */

struct header {
	uint16_t magic, version, type, reserved;
	uint32_t length;
};

struct ipc_channel {
	int fd;
	struct buf payload;
};

/* The type's cap, or -1 where there is no such type. */
static int64_t payload_max(unsigned type)
{
	switch (type) {
#define MESSAGE(name, number, max, doc) \
	case number:                    \
		return max;
		IPC_MESSAGES(MESSAGE)
#undef MESSAGE
	default:
		return -1;
	}
}

struct ipc_channel *ipc_channel_new(int fd)
{
	struct ipc_channel *channel = calloc(1, sizeof(*channel));

	must(channel);
	channel->fd = fd;
	return channel;
}

void ipc_channel_free(struct ipc_channel *channel)
{
	if (!channel)
		return;
	close(channel->fd);
	buf_done(&channel->payload);
	free(channel);
}

void ipc_channel_abort(struct ipc_channel *channel)
{
	shutdown(channel->fd, SHUT_RDWR);
}

int ipc_connect(const char *path, int64_t timeout, struct ipc_channel **ret_channel)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval limit = {timeout / CLOCK_SECOND, timeout % CLOCK_SECOND};
	int fd, r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret_channel = ipc_channel_new(fd);
	return 0;
}

/* MSG_NOSIGNAL: a peer that went away is an error code, not a signal. */
static int send_all(int fd, const void *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, (const char *)bytes + done, len - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		done += (size_t)n;
	}
	return 0;
}

int ipc_send(struct ipc_channel *channel, enum ipc_type type, struct str payload)
{
	struct header header = {MAGIC, IPC_VERSION, (uint16_t)type, 0, (uint32_t)payload.len};
	int64_t max = payload_max(type);
	int r;

	must(max >= 0);
	if (payload.len > (size_t)max)
		return ERR_LIMIT;
	r = send_all(channel->fd, &header, sizeof(header));
	return r < 0 ? r : send_all(channel->fd, payload.ptr, payload.len);
}

int ipc_receive(struct ipc_channel *channel, enum ipc_type *ret_type, struct str *ret_payload)
{
	struct header header;
	ssize_t n = io_read(channel->fd, &header, sizeof(header));

	if (n == 0)
		return ERR_END;
	if (n < 0)
		return n == -EAGAIN ? -ETIMEDOUT : (int)n;
	if (n < (ssize_t)sizeof(header) || header.magic != MAGIC || header.version != IPC_VERSION ||
	    header.reserved != 0 || (int64_t)header.length > payload_max(header.type))
		return ERR_PROTOCOL;
	buf_clear(&channel->payload);
	n = io_read(channel->fd, buf_reserve(&channel->payload, header.length), header.length);
	if (n < 0)
		return n == -EAGAIN ? -ETIMEDOUT : (int)n;
	if ((size_t)n < header.length)
		return ERR_PROTOCOL;
	channel->payload.len = header.length;
	*ret_type = (enum ipc_type)header.type;
	*ret_payload = buf_str(&channel->payload);
	return 0;
}

int ipc_call(struct ipc_channel *channel, enum ipc_type type, struct str payload, uint64_t *ret_value,
	     struct err *ret_err)
{
	enum ipc_type answer = IPC_FAILED;
	struct str reason = {0};
	int r = ipc_send(channel, type, payload);

	if (r == 0)
		r = ipc_receive(channel, &answer, &reason);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s", r == ERR_END ? "the other side closed" : err_text(r));
	if (answer == IPC_ACK && reason.len == sizeof(*ret_value)) {
		if (ret_value)
			memcpy(ret_value, reason.ptr, sizeof(*ret_value));
		return 0;
	}
	if (answer == IPC_FAILED)
		return err_set(ret_err, -EAGAIN, 0, 0, "%.*s", STR_FMT(reason));
	if (answer == IPC_REFUSED)
		return err_set(ret_err, ERR_REFUSED, 0, 0, "%.*s", STR_FMT(reason));
	return err_set(ret_err, ERR_PROTOCOL, 0, 0, "%s", err_text(ERR_PROTOCOL));
}
