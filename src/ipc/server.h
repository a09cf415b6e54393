/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPC_SERVER_H
#define IPC_SERVER_H
/*
 * The answering side of channels: one thread a connection, since our peers are
 * few and long-lived. The handler is called for each message and its result is
 * sent back: ACK for 0, REFUSED for ERR_REFUSED, FAILED otherwise, both with the reason. A peer that breaks
 * the protocol, or a handler that returns ERR_PROTOCOL, ends the connection.
 */
#include <sys/types.h>

#include "ipc/channel.h"

#define IPC_CONNECTIONS_MAX 64

/* Called on the connection's thread; several connections may call at once. user is who made the connection,
   as the kernel says (SO_PEERCRED). *ret_value (0 before) goes with the ACK. */
typedef int ipc_handler(void *context, uid_t user, enum ipc_type type, struct str payload,
			uint64_t *ret_value, struct err *ret_err);

struct ipc_server;

/* listen_fd is taken over. */
int ipc_server_start(int listen_fd, ipc_handler *handler, void *context, struct ipc_server **ret_server);
/* Ends all connections and joins their threads; a handler that runs is waited for. */
void ipc_server_stop(struct ipc_server *server);

#endif
