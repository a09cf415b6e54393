/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
	struct ipc_server *server;
	pthread_t thread;
	int fd;     /* -1: free */
	uid_t user; /* at the other end */
	bool ended; /* its thread can be joined */
};

struct ipc_server {
	ipc_handler *handler;
	void *context;
	int listen_fd, wake_fd;
	pthread_t thread;
	pthread_mutex_t lock; /* guards connections */
	struct connection connections[IPC_CONNECTIONS_MAX];
};

static int answer(struct ipc_channel *channel, int result, uint64_t value, const struct err *err)
{
	struct str reason = str_from(err->message[0] ? err->message : err_text(result));

	if (result == 0)
		return ipc_send(channel, IPC_ACK, str_of((const char *)&value, sizeof(value)));
	return ipc_send(channel, result == ERR_REFUSED ? IPC_REFUSED : IPC_FAILED, reason);
}

static void *serve(void *context)
{
	struct connection *connection = context;
	struct ipc_server *server = connection->server;
	struct ipc_channel *channel = ipc_channel_new(dup(connection->fd));
	enum ipc_type type;
	struct str payload;

	while (ipc_receive(channel, &type, &payload) == 0) {
		struct err err = {0};
		uint64_t value = 0;
		int r = server->handler(server->context, connection->user, type, payload, &value, &err);

		if (r == ERR_PROTOCOL || answer(channel, r, value, &err) < 0)
			break;
	}
	ipc_channel_free(channel);
	pthread_mutex_lock(&server->lock);
	shutdown(connection->fd, SHUT_RDWR);
	connection->ended = true;
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

/* Joins the threads that are through. */
static void collect_ended(struct ipc_server *server)
{
	for (size_t i = 0; i < IPC_CONNECTIONS_MAX; i++) {
		struct connection *connection = &server->connections[i];
		bool ended;

		pthread_mutex_lock(&server->lock);
		ended = connection->fd >= 0 && connection->ended;
		pthread_mutex_unlock(&server->lock);
		if (!ended)
			continue;
		pthread_join(connection->thread, NULL);
		close(connection->fd);
		connection->fd = -1;
	}
}

static void accept_one(struct ipc_server *server)
{
	int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof(peer);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		peer.uid = (uid_t)-1;
	for (size_t i = 0; i < IPC_CONNECTIONS_MAX; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd >= 0)
			continue;
		*connection = (struct connection){.server = server, .fd = fd, .user = peer.uid};
		if (pthread_create(&connection->thread, NULL, serve, connection) == 0)
			return;
		connection->fd = -1;
		break;
	}
	close(fd);
}

static void *run_server(void *context)
{
	struct ipc_server *server = context;
	struct pollfd polls[] = {{.fd = server->listen_fd, .events = POLLIN},
				 {.fd = server->wake_fd, .events = POLLIN}};

	while (!(polls[1].revents & POLLIN)) {
		if (poll(polls, 2, 1000) < 0 && errno != EINTR)
			break;
		collect_ended(server);
		if (polls[0].revents & POLLIN)
			accept_one(server);
	}
	return NULL;
}

int ipc_server_start(int listen_fd, ipc_handler *handler, void *context, struct ipc_server **ret_server)
{
	struct ipc_server *server = calloc(1, sizeof(*server));
	int r;

	must(server);
	server->handler = handler;
	server->context = context;
	server->listen_fd = listen_fd;
	server->wake_fd = eventfd(0, EFD_CLOEXEC);
	if (server->wake_fd < 0) {
		r = -errno;
		free(server);
		return r;
	}
	pthread_mutex_init(&server->lock, NULL);
	for (size_t i = 0; i < IPC_CONNECTIONS_MAX; i++)
		server->connections[i].fd = -1;
	r = -pthread_create(&server->thread, NULL, run_server, server);
	if (r < 0) {
		close(server->wake_fd);
		free(server);
		return r;
	}
	*ret_server = server;
	return 0;
}

void ipc_server_stop(struct ipc_server *server)
{
	uint64_t one = 1;

	(void)!write(server->wake_fd, &one, sizeof(one));
	pthread_join(server->thread, NULL);
	for (size_t i = 0; i < IPC_CONNECTIONS_MAX; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd < 0)
			continue;
		shutdown(connection->fd, SHUT_RDWR);
		pthread_join(connection->thread, NULL);
		close(connection->fd);
	}
	close(server->listen_fd);
	close(server->wake_fd);
	pthread_mutex_destroy(&server->lock);
	free(server);
}
