/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_TRAP_H
#define COLLECT_TRAP_H
/*
 * SNMP notifications over UDP (RFC 3417): each becomes a record, as snmp.h says. It
 * lives on the loop of the syslog listeners. Where the sink refuses, the batch read
 * last is kept and offered again, and reading stops.
 *
 * An inform is answered when its record is durable. Answers that wait are in order
 * of their records; beyond TRAP_WAITING_MAX of them the newest is not answered, and
 * its sender will say it again.
 */
#include "collect/counters.h"
#include "collect/snmp.h"
#include "loop/loop.h"

#define TRAP_WAITING_MAX 4096

struct trap;

/* Takes over fd and snmp, also on failure. 0 or -errno. */
int trap_new(struct loop *loop, int fd, struct snmp *snmp, const struct feed *feed, struct trap **ret_trap);

/* Everything up to seq is durable. From any thread, until trap_stop(). */
void trap_durable(struct trap *trap, uint64_t seq);

/* After the loop has stopped: offers what is kept once more and leaves the loop; what is not answered by then
   will not be. trap_durable() may still be called. */
void trap_stop(struct trap *trap);
void trap_free(struct trap *trap); /* NULL is fine, as it is for the others */

#endif
