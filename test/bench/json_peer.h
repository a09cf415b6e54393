/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BENCH_JSON_PEER_H
#define TEST_BENCH_JSON_PEER_H
/* simdjson's DOM parser for the benchmark in C. */
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *json_peer_new(void);
void json_peer_free(void *peer);

/* bytes must be followed by 32 more that may be read. */
bool json_peer_parse(void *peer, const char *bytes, size_t len);

#ifdef __cplusplus
}
#endif
#endif
