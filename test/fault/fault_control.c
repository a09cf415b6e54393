/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rig's hand on the shim:
 *	fault_control FILE new                        a fresh control file
 *	fault_control FILE arm POINT NTH ACTION [TIMES]
 *	fault_control FILE wait SECONDS               until the armed fault has struck; else exits 1
 *	fault_control FILE off
 *	fault_control FILE clock SECONDS              moves the wall clock to this far from the true one
 *	fault_control FILE show                       how often each point was passed
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

static const char *const points[] = {
#define X(name, text, description) text,
	FAULT_POINTS(X)
#undef X
};
static const char *const actions[] = {
#define X(name, text) text,
	FAULT_ACTIONS(X)
#undef X
};

static uint32_t find(const char *const *names, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	fprintf(stderr, "%s is unknown\n", name);
	exit(2);
}

static struct fault_control *map_control(const char *path, bool fresh)
{
	struct fault_control *control;
	int fd = open(path, O_RDWR | O_CLOEXEC | (fresh ? O_CREAT | O_TRUNC : 0), 0666);

	if (fd < 0 || (fresh && (fchmod(fd, 0666) < 0 || ftruncate(fd, sizeof(*control)) < 0))) {
		perror(path);
		exit(2);
	}
	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (control == MAP_FAILED || (!fresh && control->magic != FAULT_MAGIC)) {
		fprintf(stderr, "%s is no control file\n", path);
		exit(2);
	}
	return control;
}

static void arm(struct fault_control *control, char **arguments, int count)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	srandom((unsigned)now.tv_nsec);
	atomic_store(&control->armed, 0);
	control->point = find(points, FAULT_POINT_COUNT, arguments[0]);
	control->action = find(actions, FAULT_ACTION_COUNT, arguments[2]);
	control->times = count > 3 ? (uint32_t)atoi(arguments[3]) : 1;
	control->part = (uint64_t)random() * 2;
	atomic_store(&control->struck, 0);
	atomic_store(&control->countdown, atoll(arguments[1]));
	atomic_store(&control->armed, 1);
}

static int wait_struck(struct fault_control *control, int seconds)
{
	for (int i = 0; i < seconds * 100; i++) {
		if (atomic_load(&control->struck))
			return 0;
		usleep(10000);
	}
	fprintf(stderr, "nothing passed %s\n", points[control->point]);
	return 1;
}

int main(int argc, char **argv)
{
	const char *command = argc > 2 ? argv[2] : "";
	struct fault_control *control = argc > 2 ? map_control(argv[1], strcmp(command, "new") == 0) : NULL;

	if (strcmp(command, "new") == 0)
		control->magic = FAULT_MAGIC;
	else if (strcmp(command, "arm") == 0 && argc >= 6)
		arm(control, argv + 3, argc - 3);
	else if (strcmp(command, "wait") == 0 && argc == 4)
		return wait_struck(control, atoi(argv[3]));
	else if (strcmp(command, "off") == 0)
		atomic_store(&control->armed, 0);
	else if (strcmp(command, "clock") == 0 && argc == 4)
		atomic_store(&control->clock, atoll(argv[3]) * 1000000000);
	else if (strcmp(command, "show") == 0)
		for (int i = 0; i < FAULT_POINT_COUNT; i++)
			printf("%s %llu\n", points[i], (unsigned long long)atomic_load(&control->passed[i]));
	else
		return 2;
	return 0;
}
