/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_FOLDERS_H
#define BIN_FOLDERS_H
/* The folders of the data folder, made and handed to their processes by the supervisor while it is root. */
#include "bin/config.h"

struct arena;

/* Each process owns the folders of its process_def and nothing above them: journal/ itself stays root's, so
   that no process can put one of the folders in it out of the way. */
int folders_make(const struct config *config, struct arena *arena, struct err *ret_err);

#endif
