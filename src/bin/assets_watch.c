/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/assets_watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"

#define ROWS_TOLD 20 /* wrong rows that are logged one by one */

struct assets_watch {
	char *path;
	int64_t zone;
	bool optional;
	uint64_t stamp, settling; /* of the file that was read last, and as it was seen last */
	pthread_mutex_t lock;     /* over assets */
	struct assets *assets;
	_Atomic uint64_t generation;
};

static uint64_t stamp_of(const char *path)
{
	struct stat stat_of = {0};
	int64_t parts[5];

	if (stat(path, &stat_of) < 0)
		return 1;
	parts[0] = stat_of.st_mtim.tv_sec;
	parts[1] = stat_of.st_mtim.tv_nsec;
	parts[2] = stat_of.st_size;
	parts[3] = (int64_t)stat_of.st_ino;
	parts[4] = (int64_t)stat_of.st_dev;
	return hash_bytes(parts, sizeof(parts));
}

static void report(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	size_t *count = context;

	err_format(err, text, sizeof(text));
	if (++*count <= ROWS_TOLD)
		log_warning("%s; left out", text);
}

static void put(struct assets_watch *watch, struct assets *assets)
{
	struct assets *before;

	pthread_mutex_lock(&watch->lock);
	before = watch->assets;
	watch->assets = assets;
	atomic_fetch_add(&watch->generation, 1);
	pthread_mutex_unlock(&watch->lock);
	assets_release(before);
}

static void load(struct assets_watch *watch, bool tell)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct assets *assets = NULL;
	struct err err = {0};
	size_t wrong = 0;

	if (watch->optional && access(watch->path, F_OK) < 0)
		return;
	if (assets_load(watch->path, watch->zone, report, &wrong, &assets, &err) < 0) {
		err_format(&err, text, sizeof(text));
		if (watch->assets)
			log_warning("%s; the %zu assets from before stay in force", text,
				    assets_count(watch->assets));
		else
			log_warning("%s; events get no assets", text);
		return;
	}
	if (wrong > ROWS_TOLD)
		log_warning("%s: %zu rows or columns are wrong; 'wanglou assets check' lists them",
			    watch->path, wrong);
	if (tell)
		log_info("%zu assets are in force now: %s", assets_count(assets), watch->path);
	put(watch, assets);
}

struct assets_watch *assets_watch_start(const char *path, bool optional, int64_t zone, bool tell)
{
	struct assets_watch *watch;

	if (!path[0])
		return NULL;
	watch = calloc(1, sizeof(*watch));
	must(watch);
	watch->path = strdup(path);
	must(watch->path && pthread_mutex_init(&watch->lock, NULL) == 0);
	watch->zone = zone;
	watch->optional = optional;
	watch->stamp = watch->settling = stamp_of(path);
	load(watch, tell);
	return watch;
}

void assets_watch_free(struct assets_watch *watch)
{
	if (!watch)
		return;
	assets_release(watch->assets);
	pthread_mutex_destroy(&watch->lock);
	free(watch->path);
	free(watch);
}

void assets_watch_look(struct assets_watch *watch)
{
	uint64_t stamp;
	bool settled;

	if (!watch)
		return;
	stamp = stamp_of(watch->path);
	settled = stamp == watch->settling;
	watch->settling = stamp;
	if (stamp == watch->stamp || !settled)
		return;
	watch->stamp = stamp;
	load(watch, true);
}

bool assets_watch_take(struct assets_watch *watch, uint64_t *generation, struct assets **ret_assets)
{
	if (!watch || atomic_load(&watch->generation) == *generation)
		return false;
	pthread_mutex_lock(&watch->lock);
	*generation = atomic_load(&watch->generation);
	*ret_assets = watch->assets ? assets_use(watch->assets) : NULL;
	pthread_mutex_unlock(&watch->lock);
	return true;
}
