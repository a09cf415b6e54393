/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heads.timestamp: a token of a time-stamp authority (RFC 3161) over the SHA-256 of the newest note. Note and
 *answer are kept side by side in DATA/publish, so that anybody can check them:
 *
 *	openssl ts -verify -data head-N.txt -in head-N.tsr -CAfile authority.pem
 */
#include <inttypes.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "publish/publish.h"

#define ANSWER_MAX 65536
#define NONCE_SIZE 8

static int set_imprint(TS_REQ *request, struct str note)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	uint8_t digest[SHA256_SIZE];
	int ok;

	must(imprint && algorithm);
	sha256(note.ptr, note.len, digest);
	ok = X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
	     TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
	     TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof(digest)) &&
	     TS_REQ_set_msg_imprint(request, imprint);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(imprint);
	return ok;
}

static TS_REQ *make_request(struct str note)
{
	TS_REQ *request = TS_REQ_new();
	uint8_t bytes[NONCE_SIZE];
	ASN1_INTEGER *nonce;
	BIGNUM *number;

	random_bytes(bytes, sizeof(bytes));
	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	nonce = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	must(request && nonce);
	must(TS_REQ_set_version(request, 1) && set_imprint(request, note) &&
	     TS_REQ_set_nonce(request, nonce) && TS_REQ_set_cert_req(request, 1));
	ASN1_INTEGER_free(nonce);
	BN_free(number);
	return request;
}

/* What to check: version, imprint and nonce against the request; and with a file of authorities the
 * signature. */
static int make_check(TS_REQ *request, const char *ca, TS_VERIFY_CTX **ret_check, struct err *ret_err)
{
	TS_VERIFY_CTX *check = TS_REQ_to_TS_VERIFY_CTX(request, NULL);
	X509_STORE *authorities;

	must(check);
	if (!ca[0]) {
		TS_VERIFY_CTX_set_flags(check, TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
		*ret_check = check;
		return 0;
	}
	authorities = X509_STORE_new();
	must(authorities);
	TS_VERIFY_CTX_set_flags(check, TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE | TS_VFY_SIGNATURE);
	TS_VERIFY_CTX_set_store(check, authorities);
	if (!X509_STORE_load_file(authorities, ca)) {
		TS_VERIFY_CTX_free(check);
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s holds no certificate in PEM", ca);
	}
	*ret_check = check;
	return 0;
}

static int check_answer(TS_REQ *request, struct str answer, const char *ca, struct err *ret_err)
{
	const unsigned char *bytes = (const unsigned char *)answer.ptr;
	TS_RESP *response = d2i_TS_RESP(NULL, &bytes, (long)answer.len);
	TS_VERIFY_CTX *check = NULL;
	char reason[256];
	int r = 0;

	if (!response || bytes != (const unsigned char *)answer.ptr + answer.len)
		r = err_set(ret_err, ERR_PROTOCOL, 0, 0, "the answer is no time-stamp response");
	if (r == 0)
		r = make_check(request, ca, &check, ret_err);
	if (r == 0 && TS_RESP_verify_response(check, response) != 1) {
		ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
		r = err_set(ret_err, ERR_PROTOCOL, 0, 0, "the time stamp is not for what was sent: %s",
			    reason);
	}
	ERR_clear_error();
	TS_VERIFY_CTX_free(check);
	TS_RESP_free(response);
	return r;
}

static int keep(const struct publish_settings *settings, const struct publish_note *note, struct str answer,
		struct err *ret_err)
{
	char path[PATH_MAX];
	int r, len = snprintf(path, sizeof(path), "%s/head-%" PRIu64 "-%" PRId64 ".txt", settings->folder,
			      note->head.size, note->head.time / 1000000);

	if (len < 0 || len >= (int)sizeof(path))
		return err_set(ret_err, ERR_LIMIT, 0, 0, "%s: too long a name", settings->folder);
	r = io_replace_file(path, note->text.ptr, note->text.len, 0640);
	memcpy(path + len - 3, "tsr", 3);
	if (r == 0)
		r = io_replace_file(path, answer.ptr, answer.len, 0640);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot write %s: %s", path, err_text(r)) : 0;
}

static int send_note(const struct publish_settings *settings, const struct publish_note *notes, size_t count,
		     struct err *ret_err)
{
	const struct publish_note *note = &notes[count - 1];
	TS_REQ *request = make_request(note->text);
	unsigned char *encoded = NULL;
	int len = i2d_TS_REQ(request, &encoded), r;
	struct buf answer = {0};

	must(len > 0);
	r = publish_post(
		&(struct publish_request){
			.url = settings->timestamp,
			.content_type = "application/timestamp-query",
			.accept = "application/timestamp-reply",
			.plain = true, /* as authorities are; the answer proves itself */
			.body = str_of((const char *)encoded, (size_t)len),
			.answer_max = ANSWER_MAX,
		},
		&answer, ret_err);
	if (r == 0)
		r = check_answer(request, buf_str(&answer), settings->timestamp_ca, ret_err);
	if (r == 0)
		r = keep(settings, note, buf_str(&answer), ret_err);
	OPENSSL_free(encoded);
	TS_REQ_free(request);
	buf_done(&answer);
	return r;
}

const struct publish_target publish_timestamp = {
	.name = "timestamp",
	.address = offsetof(struct publish_settings, timestamp),
	.every = offsetof(struct publish_settings, timestamp_every),
	.newest = true,
	.send = send_note,
};
