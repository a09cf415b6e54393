/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_NOTICE_POOL_H
#define BIN_NOTICE_POOL_H
/*
 * Links to the collect process that core keeps open for audit records, one for
 * each request that is being recorded at a moment: requests do not wait for one
 * another, and their records share the journal's group commit. Any thread.
 */
#include "bin/notice.h"

#define NOTICE_POOL_MAX 8 /* links kept while nobody needs them */

struct notice_pool;

struct notice_pool *notice_pool_new(const char *socket); /* path is kept */
void notice_pool_free(struct notice_pool *pool);         /* nobody may be in it; NULL is fine */

/* As notice_audit(). */
int notice_pool_audit(struct notice_pool *pool, const struct notice_audit *notice, int64_t timeout);

#endif
