/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the tables of gb18030.c, at build time: what iconv makes of each code.
 *
 *   pairs[]   by lead and trail byte: the code point, 0 where there is none
 *   ranges[]  of the codes of four bytes below those of the supplementary planes,
 *             which are numbered in sequence: { number, code point, count }
 */
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>

#define RANGE_CODES 39420 /* 0x81308130 to 0x8431A439 */

/* The code point that a code of len bytes stands for, 0 where none. */
static uint32_t code_point(iconv_t converter, unsigned char *code, size_t len)
{
	unsigned char out[8] = {0};
	char *from = (char *)code, *to = (char *)out;
	size_t from_len = len, to_len = sizeof(out);

	iconv(converter, NULL, NULL, NULL, NULL);
	if (iconv(converter, &from, &from_len, &to, &to_len) == (size_t)-1 || from_len || to_len != 4)
		return 0;
	return (uint32_t)out[0] << 24 | (uint32_t)out[1] << 16 | (uint32_t)out[2] << 8 | out[3];
}

static void write_pairs(iconv_t converter)
{
	printf("static const uint32_t pairs[126][191] = {\n");
	for (unsigned lead = 0x81; lead <= 0xFE; lead++) {
		printf("{");
		for (unsigned trail = 0x40; trail <= 0xFE; trail++) {
			unsigned char code[] = {(unsigned char)lead, (unsigned char)trail};

			printf("0x%X,", trail == 0x7F ? 0 : code_point(converter, code, 2));
		}
		printf("},\n");
	}
	printf("};\n");
}

static void write_ranges(iconv_t converter)
{
	uint32_t first = 0, point = 0, count = 0;

	printf("static const struct range ranges[] = {\n");
	for (uint32_t n = 0; n <= RANGE_CODES; n++) {
		unsigned char code[] = {(unsigned char)(0x81 + n / 12600),
					(unsigned char)(0x30 + n / 1260 % 10),
					(unsigned char)(0x81 + n / 10 % 126), (unsigned char)(0x30 + n % 10)};
		const uint32_t next = n < RANGE_CODES ? code_point(converter, code, 4) : 0;

		if (count && next == point + count) {
			count++;
			continue;
		}
		if (count)
			printf("{%u, 0x%X, %u},\n", first, point, count);
		first = n;
		point = next;
		count = next != 0;
	}
	printf("};\n");
}

int main(void)
{
	iconv_t converter = iconv_open("UCS-4BE", "GB18030");

	if (converter == (iconv_t)-1) {
		perror("this C library converts no GB18030");
		return 1;
	}
	write_pairs(converter);
	write_ranges(converter);
	iconv_close(converter);
	return ferror(stdout) != 0;
}
