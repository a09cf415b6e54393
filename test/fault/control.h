/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULT_CONTROL_H
#define FAULT_CONTROL_H
/*
 * What the rig and the shim share: a file of one page that every process of the
 * program maps (its path is in $WANGLOU_FAULT). The rig arms one fault at a time:
 * at the n-th call from now on that passes a named point of the write path, and
 * for so many calls, an action happens in place of the call or around it.
 *
 * FAULT_POINT(name, operation, which files). A file is known by its path.
 */
#include <stdatomic.h>
#include <stdint.h>

#define FAULT_POINTS(X)                                                            \
	X(RESERVE, "reserve", "a live segment is made")                            \
	X(WRITE, "write", "a frame is written to a live segment")                  \
	X(SYNC, "sync", "a live segment is synced")                                \
	X(SEAL, "seal", "a sealed segment is written or synced, beside its place") \
	X(RENAME, "rename", "a sealed segment takes its place")                    \
	X(CHECKPOINT, "checkpoint", "signed heads are written, synced or renamed") \
	X(DELETE, "delete", "a live or sealed segment is removed")                 \
	X(CURSOR, "cursor", "the place of analysis is written or synced")

enum fault_point {
#define X(name, text, description) FAULT_##name,
	FAULT_POINTS(X)
#undef X
		FAULT_POINT_COUNT
};

#define FAULT_ACTIONS(X)          \
	X(KILL_BEFORE, "before")  \
	X(KILL_AFTER, "after")    \
	X(KILL_TORN, "torn")      \
	X(ENOSPC_ERROR, "enospc") \
	X(EIO_ERROR, "eio")       \
	X(SHORT, "short")

/* before, after: kill -9 there. torn: a part of the write gets through first. short: the call writes a part
   and says so. */
enum fault_action {
#define X(name, text) FAULT_##name,
	FAULT_ACTIONS(X)
#undef X
		FAULT_ACTION_COUNT
};

#define FAULT_MAGIC UINT64_C(0x746c756166676e61)

struct fault_control {
	uint64_t magic;
	_Atomic int64_t clock; /* ns added to the wall clock */
	_Atomic uint32_t armed;
	uint32_t point, action, times;
	uint64_t part;             /* of 2^32: how much of a torn or short write gets through */
	_Atomic int64_t countdown; /* at 1 the next call is it */
	_Atomic uint64_t struck;   /* calls that met the fault since it was armed */
	_Atomic uint64_t passed[FAULT_POINT_COUNT]; /* calls since the start */
};

#endif
