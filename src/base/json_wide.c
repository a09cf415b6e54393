/* SPDX-License-Identifier: Apache-2.0 */
/* The first pass on CPUs with AVX-512: a block is one register, a mask one instruction, and what a mask
   leaves out is dropped by one. Chosen when a parser is made. */
#include "base/json_marks.h"

#if defined(JSON_AVX2) && !defined(JSON_NARROW)

#define WIDE                                                                                              \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,pclmul,bmi,bmi2,popcnt"), \
		       no_sanitize("alignment")))
#define ALL_BYTES (~UINT64_C(0))

bool json_wide_runs_here(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
	       __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("bmi2");
}

/* The low bits, up to 64 of them. */
static inline WIDE uint64_t low_bits(size_t count)
{
	return _bzhi_u64(ALL_BYTES, (unsigned)count);
}

/* A carry-less product by all ones. */
static inline WIDE uint64_t prefix_xor(uint64_t bits)
{
	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0));
}

/* As json_block_load(), with its tables. */
static inline WIDE struct json_block masks_of(__m512i bytes)
{
	const __m512i spaces = _mm512_broadcast_i32x4(
		_mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
	const __m512i ops =
		_mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));

	return (struct json_block){
		.quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
		.backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
		.space = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(spaces, bytes), bytes),
		.op = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(ops, bytes),
					     _mm512_or_si512(bytes, _mm512_set1_epi8(0x20))),
		.control = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)),
		.high = 0, /* json_scan_wide() sees to it */
	};
}

/* Writes the place of each set bit; up to 15 entries behind the end are garbage. */
static inline WIDE uint32_t *add_entries(uint32_t *entry, uint64_t bits, uint32_t base)
{
	const __m512i order = _mm512_set_epi64(0x3F3E3D3C3B3A3938, 0x3736353433323130, 0x2F2E2D2C2B2A2928,
					       0x2726252423222120, 0x1F1E1D1C1B1A1918, 0x1716151413121110,
					       0x0F0E0D0C0B0A0908, 0x0706050403020100);
	__m512i places = _mm512_maskz_compress_epi8(bits, order);
	uint32_t *const end = entry + __builtin_popcountll(bits);

	for (;;) {
		const __m512i wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));

		_mm512_storeu_si512(entry, _mm512_add_epi32(wide, _mm512_set1_epi32((int)base)));
		entry += 16;
		if (__builtin_expect(entry >= end, 1))
			return end;
		places = _mm512_alignr_epi64(_mm512_setzero_si512(), places, 2);
	}
}

/* A whole block is loaded without a mask: loads with one set no prefetching in motion (measured on Zen 5),
   and each then waits for memory. Behind the end are spaces. */
static inline WIDE __m512i load_block(const char *bytes, size_t len)
{
	if (__builtin_expect(len >= JSON_BLOCK, 1))
		return _mm512_loadu_si512(bytes);
	return _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), low_bits(len), bytes);
}

/* Puts what they stand for in the place of the escaped bytes; something, where they are hard. */
static inline WIDE __m512i decode(__m512i bytes, uint64_t escaped, uint64_t *hard)
{
	const __m512i low = _mm512_load_si512(json_escaped_bytes),
		      high = _mm512_load_si512(json_escaped_bytes + 64);
	const __m512i meant = _mm512_permutex2var_epi8(low, bytes, high);

	*hard = escaped & (_mm512_testn_epi8_mask(meant, meant) | _mm512_movepi8_mask(bytes));
	return _mm512_mask_mov_epi8(bytes, escaped, meant);
}

WIDE void json_scan_wide(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan)
{
	struct json_scan state = *scan;
	uint32_t *entry = parser->index + state.count;
	struct json_stretch *stretch = parser->stretches + state.offset / JSON_BLOCK;
	__m512i seen = _mm512_setzero_si512();

	for (size_t offset = state.offset; offset < limit; offset += JSON_BLOCK) {
		__m512i bytes = load_block(text.ptr + offset, limit - offset);
		const struct json_marks marks = json_marks_of(masks_of(bytes), &state, prefix_xor);
		uint64_t hard = 0;

		seen = _mm512_or_si512(seen, bytes);
		entry = add_entries(entry, marks.entries, (uint32_t)offset);
		if (marks.specials)
			bytes = decode(bytes, marks.specials, &hard);
		_mm512_storeu_si512(state.room + offset - state.escapes,
				    _mm512_maskz_compress_epi8(~marks.starts, bytes));
		*stretch++ = (struct json_stretch){marks.starts, hard, state.escapes};
		state.escapes += (size_t)__builtin_popcountll(marks.starts);
		state.hard |= hard;
	}
	state.high |= _mm512_movepi8_mask(seen);
	state.offset = limit;
	state.count = (size_t)(entry - parser->index);
	*scan = state;
}

#else

bool json_wide_runs_here(void)
{
	return false;
}

void json_scan_wide(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan)
{
	(void)parser, (void)text, (void)limit, (void)scan;
	must(false);
}

#endif
