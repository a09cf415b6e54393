/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "sensor/private.h"
#include "sensor/tls.h"

#define NAME_TEXT_MAX 1024

/* RFC 4514, with UTF-8 as it is. */
static void add_name(struct buf *out, const char *member, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (!bio)
		return;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_get_mem_data(bio, &text);
		if (len > 0)
			member_text(out, member, str_of(text, (size_t)len), NAME_TEXT_MAX);
	}
	BIO_free(bio);
}

static void add_time(struct buf *out, const char *member, const ASN1_TIME *time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) == 1)
		member_time(out, member, (int64_t)timegm(&tm) * CLOCK_SECOND);
}

bool tls_certificate(const uint8_t *bytes, size_t len, struct buf *out)
{
	const uint8_t *at = bytes;
	X509 *certificate = d2i_X509(NULL, &at, (long)len);
	uint8_t digest[SHA256_SIZE];

	ERR_clear_error();
	if (!certificate)
		return false;
	add_name(out, "subject", X509_get_subject_name(certificate));
	add_name(out, "issuer", X509_get_issuer_name(certificate));
	add_time(out, "not_before", X509_get0_notBefore(certificate));
	add_time(out, "not_after", X509_get0_notAfter(certificate));
	sha256(bytes, len, digest);
	member_hex(out, "certificate_sha256", digest, SHA256_SIZE);
	X509_free(certificate);
	ERR_clear_error();
	return true;
}
