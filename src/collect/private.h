/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_PRIVATE_H
#define COLLECT_PRIVATE_H
/* Inside collect/: the collector's parts. */
#include <pthread.h>

#include "collect/collect.h"
#include "collect/door.h"
#include "collect/flow.h"
#include "collect/syslog.h"
#include "collect/trap.h"

struct collect {
	struct collect_sink sink;
	struct counters counters[LISTENER_COUNT];
	struct loop *loop; /* the syslog thread's */
	pthread_t thread;
	bool thread_started;
	struct syslog_udp *udp;
	struct syslog_tcp *tcp, *tls;
	struct flow_listener *flow;
	char *flow_state;        /* NULL: not kept */
	struct syslog_room room; /* of tcp and tls */
	struct tls_acceptor *acceptor;
	struct trap *trap;
	uint8_t engine_id[SNMP_ENGINE_ID_MAX]; /* of trap */
	size_t engine_id_len;
	struct submissions submissions;
	struct door door, local_door;
	struct http_server *http, *http_unix;
	char elastic_version[32];
};

#endif
