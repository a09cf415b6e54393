/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SNMP_FILES_H
#define BIN_SNMP_FILES_H
/* What snmp.communities and snmp.users name, and what this receiver calls itself, as collect takes them. */
#include "bin/process.h"
#include "collect/collect.h"

/* The texts belong to the process's arena. Nothing is read where listen.snmp_trap is empty. */
int snmp_files_read(const struct process *process, struct collect_options *options, struct err *ret_err);

/* The engine's id in the log, as devices are told it. */
void snmp_files_say_engine(const struct collect *collect);

#endif
