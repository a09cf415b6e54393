/* SPDX-License-Identifier: Apache-2.0 */
/* The engine has a setting for the priority of its merges but does not heed it inside another process. Its
   threads can be told by their names. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <unistd.h>

#include "store/engine.h"

#define THREADS "/proc/self/task"
#define MERGE_THREAD "MergeMutate\n"

static bool merges(int tasks, const char *thread)
{
	char path[32], name[32];
	ssize_t len = -1;
	int fd;

	if (snprintf(path, sizeof(path), "%s/comm", thread) >= (int)sizeof(path))
		return false;
	fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, name, sizeof(name));
		close(fd);
	}
	return len == (ssize_t)strlen(MERGE_THREAD) && memcmp(name, MERGE_THREAD, (size_t)len) == 0;
}

unsigned engine_lower_merges(void)
{
	const struct sched_param param = {0};
	DIR *tasks = opendir(THREADS);
	const struct dirent *entry;
	unsigned count = 0;

	while (tasks && (entry = readdir(tasks)) != NULL)
		if (entry->d_name[0] != '.' && merges(dirfd(tasks), entry->d_name) &&
		    sched_setscheduler((pid_t)strtoul(entry->d_name, NULL, 10), SCHED_IDLE, &param) == 0)
			count++;
	if (tasks)
		closedir(tasks);
	return count;
}
