/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/snmp_files.h"

#include <limits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

#define FILE_MAX 65536

static int read_text(const struct process *process, const char *path, struct str *ret_text,
		     struct err *ret_err)
{
	struct buf text = {0};
	int r = path[0] ? io_read_file(path, FILE_MAX, &text) : 0;

	if (r == 0)
		*ret_text = arena_copy(process->arena, buf_str(&text));
	buf_done(&text);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r)) : 0;
}

int snmp_files_read(const struct process *process, struct collect_options *options, struct err *ret_err)
{
	const struct config *config = &process->config;
	char host[HOST_NAME_MAX + 1] = "";
	int r;

	if (options->snmp_trap < 0)
		return 0;
	r = read_text(process, config->snmp_communities, &options->snmp_communities, ret_err);
	if (r == 0)
		r = read_text(process, config->snmp_users, &options->snmp_users, ret_err);
	gethostname(host, sizeof(host) - 1);
	options->snmp_any_community = !config->snmp_communities[0];
	options->snmp_engine = arena_printf(process->arena, "%s %s", host, config->data);
	return r;
}

void snmp_files_say_engine(const struct collect *collect)
{
	struct str id = collect_engine_id(collect);
	char text[2 * 32 + 1] = "";

	for (size_t i = 0; i < id.len && i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", (uint8_t)id.ptr[i]);
	if (id.len)
		log_info("SNMP: informs of version 3 are taken by the engine %s", text);
}
