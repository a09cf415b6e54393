/* SPDX-License-Identifier: Apache-2.0 */
#include "access/totp.h"

#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <qrencode.h>

#include "base/err.h"
#include "base/hash.h"

#define ISSUER "Wanglou"

void totp_secret(uint8_t ret_secret[TOTP_SECRET_SIZE])
{
	random_bytes(ret_secret, TOTP_SECRET_SIZE);
}

/* 160 bits are 32 letters exactly. */
void totp_base32(const uint8_t secret[TOTP_SECRET_SIZE], char ret_text[TOTP_BASE32_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0, count = 0;
	char *out = ret_text;

	for (int i = 0; i < TOTP_SECRET_SIZE; i++) {
		bits = bits << 8 | secret[i];
		for (count += 8; count >= 5; count -= 5)
			*out++ = letters[bits >> (count - 5) & 31];
	}
	*out = 0;
}

static void code_of_step(const uint8_t secret[TOTP_SECRET_SIZE], int64_t step, char ret_code[TOTP_DIGITS + 1])
{
	must(oath_hotp_generate((const char *)secret, TOTP_SECRET_SIZE, (uint64_t)step, TOTP_DIGITS, false,
				OATH_HOTP_DYNAMIC_TRUNCATION, ret_code) == OATH_OK);
}

void totp_code(const uint8_t secret[TOTP_SECRET_SIZE], int64_t now, char ret_code[TOTP_DIGITS + 1])
{
	code_of_step(secret, now / TOTP_STEP, ret_code);
}

int totp_check(const uint8_t secret[TOTP_SECRET_SIZE], struct str code, int64_t now, int64_t after,
	       int64_t *ret_step)
{
	int64_t current = now / TOTP_STEP, found = 0;
	char wanted[TOTP_DIGITS + 1];

	if (code.len != TOTP_DIGITS)
		return ERR_DENIED;
	for (int64_t step = current - TOTP_DRIFT; step <= current + TOTP_DRIFT; step++) {
		code_of_step(secret, step, wanted);
		if (CRYPTO_memcmp(wanted, code.ptr, TOTP_DIGITS) == 0 && step > after)
			found = step;
	}
	if (!found)
		return ERR_DENIED;
	*ret_step = found;
	return 0;
}

/* Names have letters, digits and . _ - @ alone (user.h); the @ is fine in a path. */
struct str totp_uri(const uint8_t secret[TOTP_SECRET_SIZE], struct str account, struct arena *arena)
{
	char text[TOTP_BASE32_SIZE];

	totp_base32(secret, text);
	return arena_printf(arena, "otpauth://totp/" ISSUER ":%.*s?secret=%s&issuer=" ISSUER,
			    STR_FMT(account), text);
}

int qr_encode(struct str text, struct arena *arena, int *ret_size, struct str *ret_modules)
{
	QRcode *code = QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
	size_t count;
	char *modules;

	if (!code)
		return ERR_LIMIT;
	count = (size_t)code->width * (size_t)code->width;
	modules = arena_alloc(arena, count + 1);
	for (size_t i = 0; i < count; i++)
		modules[i] = code->data[i] & 1 ? '1' : '0';
	modules[count] = 0;
	*ret_size = code->width;
	*ret_modules = str_of(modules, count);
	QRcode_free(code);
	return 0;
}
