/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sockets.h"

#include <errno.h>
#include <unistd.h>

#include "collect/collect.h"
#include "http/server.h"
#include "sensor/capture.h"

/* A TCP socket by setting, or a Unix socket by file below the data folder. */
static const struct {
	enum process_socket socket;
	size_t setting; /* offset in struct config, 0: none */
	const char *file;
} plan[] = {
	{SOCKET_SYSLOG_TCP, offsetof(struct config, syslog_tcp), NULL},
	{SOCKET_SYSLOG_TLS, offsetof(struct config, syslog_tls), NULL},
	{SOCKET_INGEST, offsetof(struct config, ingest), NULL},
	{SOCKET_INGEST_LOCAL, 0, "run/collect.sock"},
	{SOCKET_CONSOLE, offsetof(struct config, console), NULL},
	{SOCKET_STORE, 0, "run/store.sock"},
	{SOCKET_STORE_HTTP, offsetof(struct config, store_http), NULL},
	{SOCKET_CORE, 0, "run/core.sock"},
	{SOCKET_NOTIFY, 0, "run/notify.sock"},
};

/* UDP sockets by setting. */
static const struct {
	enum process_socket socket;
	size_t setting;
} datagrams[] = {
	{SOCKET_SYSLOG_UDP, offsetof(struct config, syslog_udp)},
	{SOCKET_FLOW, offsetof(struct config, flow)},
	{SOCKET_SFLOW, offsetof(struct config, sflow)},
	{SOCKET_SNMP_TRAP, offsetof(struct config, snmp_trap)},
};

/* 0 with *ret_fd at -1 where it is configured off. */
static int open_one(const struct config *config, struct arena *arena, size_t setting, const char *file,
		    int *ret_fd, struct err *ret_err)
{
	const char *address;
	int fd;

	if (!file) {
		address = *(const char *const *)((const char *)config + setting);
		fd = address[0] ? http_listen(address, ret_err) : -1;
		*ret_fd = fd < 0 ? -1 : fd;
		return address[0] && fd < 0 ? fd : 0;
	}
	address = arena_printf(arena, "unix:%s/%s", config->data, file).ptr;
	fd = http_listen(address, ret_err);
	if (fd >= 0 && getuid() == 0 && chown(address + 5, 0, sandbox_group()) < 0) {
		int r = -errno;

		close(fd);
		return err_set(ret_err, r, 0, 0, "cannot hand over %s: %s", address, err_text(r));
	}
	*ret_fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

static int open_sensor(const struct config *config, struct arena *arena, int sockets[SOCKET_COUNT],
		       struct err *ret_err)
{
	struct str rest = str_from(config->sensor_interfaces), name;
	int count = 0;

	while (str_split(&rest, ',', &name)) {
		int fd;

		if (count == PROCESS_INTERFACES_MAX)
			return err_set(ret_err, ERR_LIMIT, 0, 0, "sensor.interfaces: at most %d",
				       PROCESS_INTERFACES_MAX);
		fd = capture_socket(arena_copy(arena, str_trim(name)).ptr, config->sensor_filter, ret_err);
		if (fd < 0)
			return fd;
		sockets[SOCKET_SENSOR + count++] = fd;
	}
	return 0;
}

int sockets_open(const struct config *config, struct arena *arena, int sockets[SOCKET_COUNT],
		 struct err *ret_err)
{
	for (size_t i = 0; i < sizeof(plan) / sizeof(plan[0]); i++) {
		bool of_store = plan[i].socket == SOCKET_STORE || plan[i].socket == SOCKET_STORE_HTTP;
		bool nobody = (of_store && config->store_url[0]) ||
			      (plan[i].socket == SOCKET_NOTIFY && !process_notify.wanted(config));
		int r = nobody ? 0 /* nobody would answer there */
			       : open_one(config, arena, plan[i].setting, plan[i].file,
					  &sockets[plan[i].socket], ret_err);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++) {
		const char *address = *(const char *const *)((const char *)config + datagrams[i].setting);
		int fd = address[0] ? collect_bind_udp(address, ret_err) : -1;

		if (address[0] && fd < 0)
			return fd;
		sockets[datagrams[i].socket] = fd;
	}
	return open_sensor(config, arena, sockets, ret_err);
}
