/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/retention_config.h"

#include <errno.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"

#define GIB (1024ull * 1024 * 1024)
#define CLASSES_FILE_MAX 65536

const char *retention_classes_file(const struct config *config, struct arena *arena)
{
	return config->retention_classes[0] ? config->retention_classes
					    : arena_printf(arena, "%s/retention.yaml", config->content).ptr;
}

int retention_policy_load(const struct config *config, struct arena *arena,
			  struct retention_policy *ret_policy, struct err *ret_err)
{
	struct retention_policy policy = {
		.classes[0] = {.name = "other",
			       .days = config->retention_days,
			       .least = RETENTION_LEAST_DAYS},
		.size = (uint64_t)config->retention_size * GIB,
		.disk_critical = (unsigned)config->retention_disk_critical,
	};
	bool named = config->retention_classes[0];
	const char *path = retention_classes_file(config, arena);
	struct buf text = {0};
	int r = io_read_file(path, CLASSES_FILE_MAX, &text);

	if (r == -ENOENT && !named)
		r = 0; /* a content folder of one's own may do without */
	else if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r));
	else if ((r = retention_classes_parse(buf_str(&text), arena, &policy, ret_err)) < 0)
		err_set_file(ret_err, path);
	buf_done(&text);
	if (r == 0)
		*ret_policy = policy;
	return r;
}

int retention_check(const struct config *config, struct arena *arena, struct err *ret_err)
{
	struct retention_override override;
	struct retention_policy policy = {0};
	bool ever = false;
	int r = retention_policy_load(config, arena, &policy, ret_err);

	if (r == 0 && config->retention_disk_high >= config->retention_disk_critical)
		r = err_set(ret_err, ERR_RANGE, 0, 0,
			    "retention.disk_high must be below retention.disk_critical");
	if (r == 0)
		r = retention_overrides_read(config_path(config, arena, OVERRIDES_FILE), clock_now(),
					     &override, &ever, ret_err);
	for (size_t i = 0; i < JOURNAL_CLASSES_MAX && r == 0 && !ever; i++) {
		const struct retention_class *class = &policy.classes[i];

		if (class->name[0] && class->days < RETENTION_LEAST_DAYS)
			r = err_set(
				ret_err, ERR_DENIED, 0, 0,
				"%s are to be kept for %ld days, and the law asks for %d. Start with that, "
				"and "
				"say who allows less and why: wanglou audit override --until DATE --days %ld "
				"--reason TEXT",
				i ? class->name : "records (retention.days)", class->days,
				RETENTION_LEAST_DAYS, class->days);
	}
	return r;
}
