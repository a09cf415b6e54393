/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chdb.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define WHAT_TO_DO "install it with './dev build', name its folder by WANGLOU_ENGINE, or set store.url"

/*
 * The engine's own allocator reads this when it is loaded. Of its defaults it would give memory back to the
 * kernel 5 s after it was last used, and pieces of 64 MiB, as columns of long text have them, at once; the
 * next block wants as much, and for the kernel to find and clear it costs more than many a column.
 */
#define ALLOCATOR "JE_MALLOC_CONF"
#define ALLOCATOR_SETTINGS "oversize_threshold:0,dirty_decay_ms:30000"

static const struct {
	const char *name;
	size_t offset; /* in struct chdb */
} functions[] = {
#define X(name, result, parameters) {"chdb_" #name, offsetof(struct chdb, name)},
	CHDB_FUNCTIONS(X)
#undef X
};

int chdb_load(const char *folder, struct chdb *ret_chdb, struct err *ret_err)
{
	char path[PATH_MAX];
	struct chdb chdb;
	void *library;

	if (!folder[0])
		return err_set(ret_err, ERR_UNKNOWN, 0, 0,
			       "this program was built without the embedded engine (meson option engine); "
			       "name the folder of libchdb.so by WANGLOU_ENGINE, or set store.url");
	if ((size_t)snprintf(path, sizeof(path), "%s/libchdb.so", folder) >= sizeof(path))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: the path is too long", folder);
	setenv(ALLOCATOR, ALLOCATOR_SETTINGS, false);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(ret_err, -ENOENT, 0, 0, "the embedded engine does not load: %s; " WHAT_TO_DO,
			       dlerror());
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function) {
			dlclose(library);
			return err_set(ret_err, -ENOENT, 0, 0, "%s has no function %s; " WHAT_TO_DO, path,
				       functions[i].name);
		}
		*(void **)((char *)&chdb + functions[i].offset) = function; /* as POSIX has it for dlsym() */
	}
	*ret_chdb = chdb;
	return 0;
}
