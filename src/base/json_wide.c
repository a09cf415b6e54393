/* SPDX-License-Identifier: Apache-2.0 */
/* The first pass and the decoding of strings on CPUs with AVX-512: a block is one register, a mask one
   instruction, and what a mask leaves out is dropped by one. Chosen when a parser is made. */
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
		.high = _mm512_movepi8_mask(bytes),
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

WIDE void json_scan_wide(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan)
{
	struct json_scan state = *scan;
	uint32_t *entry = parser->index + state.count;

	for (size_t offset = state.offset; offset < limit; offset += JSON_BLOCK) {
		const __m512i bytes = _mm512_mask_loadu_epi8(
			_mm512_set1_epi8(' '), low_bits(limit - offset < 64 ? limit - offset : 64),
			text.ptr + offset);
		const struct json_marks marks = json_marks_of(masks_of(bytes), offset, &state, prefix_xor);

		memcpy(parser->escapes + offset / 8, &marks.starts, 8);
		memcpy(parser->specials + offset / 8, &marks.specials, 8);
		entry = add_entries(entry, marks.entries, (uint32_t)offset);
	}
	state.offset = limit;
	state.count = (size_t)(entry - parser->index);
	*scan = state;
}

/* What an escaped character stands for, by its low seven bits; 0: it is u, or wrong. */
static const _Alignas(64) uint8_t escaped_bytes[128] = {
	['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
	['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

WIDE bool json_unescape_wide(const struct json_parser *parser, const char *from, size_t offset, size_t len,
			     char *out, uint32_t *ret_len)
{
	const __m512i low = _mm512_load_si512(escaped_bytes), high = _mm512_load_si512(escaped_bytes + 64);
	char *const out_start = out;

	while (len) {
		const size_t step = len < JSON_MAP_STEP ? len : JSON_MAP_STEP;
		const uint64_t here = low_bits(step);
		const uint64_t keep = here & ~json_map_bits(parser->escapes, offset);
		const uint64_t specials = here & json_map_bits(parser->specials, offset);
		const size_t kept = (size_t)__builtin_popcountll(keep);
		__m512i bytes = _mm512_maskz_loadu_epi8(here, from);

		if (specials) {
			const __m512i meant = _mm512_permutex2var_epi8(low, bytes, high);

			if (specials & (_mm512_testn_epi8_mask(meant, meant) | _mm512_movepi8_mask(bytes)))
				return false;
			bytes = _mm512_mask_mov_epi8(bytes, specials, meant);
		}
		_mm512_mask_storeu_epi8(out, low_bits(kept), _mm512_maskz_compress_epi8(keep, bytes));
		out += kept;
		from += step;
		offset += step;
		len -= step;
	}
	*ret_len = (uint32_t)(out - out_start);
	return true;
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

bool json_unescape_wide(const struct json_parser *parser, const char *from, size_t offset, size_t len,
			char *out, uint32_t *ret_len)
{
	(void)parser, (void)from, (void)offset, (void)len, (void)out, (void)ret_len;
	return false;
}

#endif
