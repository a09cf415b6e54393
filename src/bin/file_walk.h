/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_FILE_WALK_H
#define BIN_FILE_WALK_H
/*
 * The files that a command is given: those named, and of each folder named all
 * below it, by name. Links inside a folder are not followed, so that it has no
 * loops and nothing outside it is read; folders deeper than FILE_WALK_DEPTH_MAX and
 * what is no file are skipped and told of.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define FILE_WALK_DEPTH_MAX 64

struct file_walk {
	/* A file, or "-"; path is valid for the call. A negative code ends the walk. */
	int (*file)(void *context, const char *path);
	/* Something that is skipped, and why. */
	void (*skipped)(void *context, const struct err *err);
	void *context;
};

/* 0, or what file() ended it with. */
int file_walk(const struct file_walk *walk, const char *path);

/* Bytes of the files below. */
uint64_t file_walk_size(const char *path);

#endif
