/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/sha256_pair.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>

#include "base/err.h"

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
				    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void sha256_pair_init(struct sha256_state *state)
{
	*state = (struct sha256_state){.abef = {initial[5], initial[4], initial[1], initial[0]},
				       .cdgh = {initial[7], initial[6], initial[3], initial[2]}};
}

void sha256_pair_digest(const struct sha256_state *state, uint8_t ret_digest[32])
{
	const uint32_t words[8] = {state->abef[3], state->abef[2], state->cdgh[3], state->cdgh[2],
				   state->abef[1], state->abef[0], state->cdgh[1], state->cdgh[0]};

	for (size_t i = 0; i < 8; i++) {
		uint32_t word = htobe32(words[i]);

		memcpy(ret_digest + i * sizeof(word), &word, sizeof(word));
	}
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define PAIR __attribute__((target("sha,sse4.1")))
#define LEAF_FEATURES 7
#define HAS_SHA (1u << 29) /* of EBX there; the compiler's own list has no name for it before GCC 14 */
#define GROUPS 16          /* of four rounds */

/* Asking the CPU is slow where the machine is a virtual one. */
static pthread_once_t asking = PTHREAD_ONCE_INIT;
static bool runs_here;

static void ask(void)
{
	unsigned a, b = 0, c, d;

	runs_here = __get_cpuid_count(LEAF_FEATURES, 0, &a, &b, &c, &d) && b & HAS_SHA &&
		    __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1");
}

bool sha256_pair_runs_here(void)
{
	pthread_once(&asking, ask);
	return runs_here;
}

static const _Alignas(16) uint32_t constants[4 * GROUPS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct lane {
	__m128i abef, cdgh, abef_before, cdgh_before;
	__m128i words[4]; /* of the message: those of the next sixteen rounds, a ring */
};

static inline __attribute__((always_inline)) PAIR void lane_load(struct lane *lane,
								 const struct sha256_state *state)
{
	lane->abef = _mm_load_si128((const __m128i *)(const void *)state->abef);
	lane->cdgh = _mm_load_si128((const __m128i *)(const void *)state->cdgh);
}

static inline __attribute__((always_inline)) PAIR void lane_store(const struct lane *lane,
								  struct sha256_state *state)
{
	_mm_store_si128((__m128i *)(void *)state->abef, lane->abef);
	_mm_store_si128((__m128i *)(void *)state->cdgh, lane->cdgh);
}

static inline __attribute__((always_inline)) PAIR void lane_begin(struct lane *lane, const uint8_t *block)
{
	const __m128i big_endian = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

	lane->abef_before = lane->abef;
	lane->cdgh_before = lane->cdgh;
	for (size_t i = 0; i < 4; i++)
		lane->words[i] = _mm_shuffle_epi8(
			_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)), big_endian);
}

static inline __attribute__((always_inline)) PAIR void lane_rounds(struct lane *lane, size_t group)
{
	__m128i *words = lane->words;
	__m128i word = words[group % 4],
		sum = _mm_add_epi32(word,
				    _mm_load_si128((const __m128i *)(const void *)(constants + 4 * group)));

	lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, sum);
	lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(sum, 0x0e));
	if (group < GROUPS - 4) {
		__m128i last = words[(group + 3) % 4];

		word = _mm_sha256msg1_epu32(word, words[(group + 1) % 4]);
		word = _mm_add_epi32(word, _mm_alignr_epi8(last, words[(group + 2) % 4], 4));
		words[group % 4] = _mm_sha256msg2_epu32(word, last);
	}
}

static inline __attribute__((always_inline)) PAIR void lane_end(struct lane *lane)
{
	lane->abef = _mm_add_epi32(lane->abef, lane->abef_before);
	lane->cdgh = _mm_add_epi32(lane->cdgh, lane->cdgh_before);
}

PAIR void sha256_pair_one(struct sha256_state *state, const uint8_t *blocks, size_t count)
{
	struct lane lane;

	lane_load(&lane, state);
	for (; count; count--, blocks += SHA256_BLOCK) {
		lane_begin(&lane, blocks);
#pragma GCC unroll 16
		for (size_t group = 0; group < GROUPS; group++)
			lane_rounds(&lane, group);
		lane_end(&lane);
	}
	lane_store(&lane, state);
}

PAIR void sha256_pair_both(struct sha256_state *first, const uint8_t *first_blocks,
			   struct sha256_state *second, const uint8_t *second_blocks, size_t count)
{
	struct lane a, b;

	lane_load(&a, first);
	lane_load(&b, second);
	for (; count; count--, first_blocks += SHA256_BLOCK, second_blocks += SHA256_BLOCK) {
		lane_begin(&a, first_blocks);
		lane_begin(&b, second_blocks);
#pragma GCC unroll 16
		for (size_t group = 0; group < GROUPS; group++) {
			lane_rounds(&a, group);
			lane_rounds(&b, group);
		}
		lane_end(&a);
		lane_end(&b);
	}
	lane_store(&a, first);
	lane_store(&b, second);
}

#else

bool sha256_pair_runs_here(void)
{
	return false;
}

void sha256_pair_one(struct sha256_state *state, const uint8_t *blocks, size_t count)
{
	(void)state, (void)blocks, (void)count;
	must(false);
}

void sha256_pair_both(struct sha256_state *first, const uint8_t *first_blocks, struct sha256_state *second,
		      const uint8_t *second_blocks, size_t count)
{
	(void)first, (void)first_blocks, (void)second, (void)second_blocks, (void)count;
	must(false);
}

#endif
