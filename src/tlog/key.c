/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/key.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/io.h"

#define PEM_MAX (16 * 1024)
#define RAW_MAX 96 /* Ed25519: 32; SM2: an uncompressed point, 65 */

/* GM/T 0009-2012, section 10: what stands for the signer where nothing else is agreed. */
#define SM2_IDENTITY "1234567812345678"

struct tlog_key {
	EVP_PKEY *pkey;
	enum tlog_algorithm algorithm;
	bool private;
	uint8_t raw[RAW_MAX]; /* the public key: Ed25519 as RFC 8032 has it, SM2 the point, 04 || x || y */
	size_t raw_len;
};

static const struct {
	const char *name;    /* in the configuration */
	const char *openssl; /* type of the key */
	const char *digest;
	/* Signature type in a key id (C2SP signed-note): 0xff begins types that have no number. */
	struct str type;
} algorithms[] = {
	[TLOG_ED25519] = {"ed25519", "ED25519", NULL, {"\x01", 1}},
	[TLOG_SM2] = {"sm2", "SM2", "SM3", {"\xffsm2-sm3", 8}},
};

#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

const char *tlog_algorithm_name(enum tlog_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

int tlog_algorithm_parse(struct str name, enum tlog_algorithm *ret_algorithm)
{
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (str_ieq(name, str_from(algorithms[i].name))) {
			*ret_algorithm = (enum tlog_algorithm)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

/* Takes pkey over, also where it fails. */
static int wrap(EVP_PKEY *pkey, bool private, struct tlog_key **ret_key)
{
	struct tlog_key *key;
	size_t i = 0;
	int ok;

	while (i < ALGORITHMS && !EVP_PKEY_is_a(pkey, algorithms[i].openssl))
		i++;
	if (i == ALGORITHMS) {
		EVP_PKEY_free(pkey);
		return ERR_UNKNOWN;
	}
	key = calloc(1, sizeof(*key));
	must(key);
	key->pkey = pkey;
	key->private = private;
	key->algorithm = (enum tlog_algorithm)i;
	if (i == TLOG_SM2)
		EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
					       OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
	ok = EVP_PKEY_get_octet_string_param(
		pkey, i == TLOG_SM2 ? OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY : OSSL_PKEY_PARAM_PUB_KEY, key->raw,
		sizeof(key->raw), &key->raw_len);
	if (ok != 1) {
		tlog_key_free(key);
		return ERR_CORRUPT;
	}
	*ret_key = key;
	return 0;
}

int tlog_key_generate(enum tlog_algorithm algorithm, struct tlog_key **ret_key)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, algorithms[algorithm].openssl);

	return pkey ? wrap(pkey, true, ret_key) : -ENOMEM;
}

void tlog_key_free(struct tlog_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

/* Without it OpenSSL asks the terminal for the passphrase of an encrypted key. */
static int no_passphrase(char *out, int size, int writing, void *asked)
{
	(void)out, (void)size, (void)writing;
	*(bool *)asked = true;
	return -1;
}

static int parse(struct str pem, bool private, struct tlog_key **ret_key, struct err *ret_err)
{
	BIO *bio = pem.len <= PEM_MAX ? BIO_new_mem_buf(pem.len ? pem.ptr : "", (int)pem.len) : NULL;
	EVP_PKEY *pkey = NULL;
	bool asked = false;
	int r;

	if (bio && private)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &asked);
	else if (bio)
		pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, &asked);
	BIO_free(bio);
	if (asked)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "the key is protected with a passphrase; write it without: openssl pkey -in "
			       "FILE -out NEW");
	if (!pkey)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "this is no %s key in PEM form",
			       private ? "private" : "public");
	r = wrap(pkey, private, ret_key);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "the key is neither Ed25519 nor SM2");
	return 0;
}

int tlog_key_parse_public(struct str pem, struct tlog_key **ret_key, struct err *ret_err)
{
	return parse(pem, false, ret_key, ret_err);
}

static int load(const char *path, bool private, struct tlog_key **ret_key, struct err *ret_err)
{
	struct buf pem = {0};
	int r;

	if (ret_err)
		err_set_file(ret_err, path);
	buf_reserve(&pem, 128 * 1024); /* reading must not move the text and leave a copy behind */
	r = io_read_file(path, PEM_MAX, &pem);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read the key: %s", err_text(r));
	else
		r = parse(buf_str(&pem), private, ret_key, ret_err);
	OPENSSL_cleanse(pem.ptr, pem.capacity);
	buf_done(&pem);
	return r;
}

int tlog_key_load_private(const char *path, struct tlog_key **ret_key, struct err *ret_err)
{
	return load(path, true, ret_key, ret_err);
}

int tlog_key_load_public(const char *path, struct tlog_key **ret_key, struct err *ret_err)
{
	return load(path, false, ret_key, ret_err);
}

int tlog_key_save_private(const struct tlog_key *key, const char *path)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text;
	long len;
	int r = -ENOMEM;

	if (!key->private)
		r = ERR_DENIED;
	else if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
		len = BIO_get_mem_data(bio, &text);
		r = io_create_file(path, text, (size_t)len, 0600);
	}
	BIO_free(bio); /* memory of this kind is wiped */
	return r;
}

int tlog_key_public_pem(const struct tlog_key *key, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;
	int r = -ENOMEM;

	if (bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
		len = BIO_get_mem_data(bio, &text);
		buf_add(pem, text, (size_t)len);
		r = 0;
	}
	BIO_free(bio);
	return r;
}

void tlog_key_fingerprint(const struct tlog_key *key, uint8_t ret_digest[SHA256_SIZE])
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key->pkey, &der);

	must(len > 0);
	sha256(der, (size_t)len, ret_digest);
	OPENSSL_free(der);
}

enum tlog_algorithm tlog_key_algorithm(const struct tlog_key *key)
{
	return key->algorithm;
}

void tlog_key_id(const struct tlog_key *key, struct str name, uint8_t ret_id[TLOG_KEY_ID_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	buf_add_str(&text, name);
	buf_add_char(&text, '\n');
	buf_add_str(&text, algorithms[key->algorithm].type);
	buf_add(&text, key->raw, key->raw_len);
	sha256(text.ptr, text.len, digest);
	memcpy(ret_id, digest, TLOG_KEY_ID_SIZE);
	buf_done(&text);
}

/* A context that signs or verifies with the key; NULL where memory is out. The signer's identity is set once
   the context is ready: of parameters given before, OpenSSL 3.0.19 refuses it. */
static EVP_MD_CTX *begin(const struct tlog_key *key, bool sign)
{
	const char *digest = algorithms[key->algorithm].digest;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *inner;
	int ok = 0;

	if (context && sign)
		ok = EVP_DigestSignInit_ex(context, &inner, digest, NULL, NULL, key->pkey, NULL);
	else if (context)
		ok = EVP_DigestVerifyInit_ex(context, &inner, digest, NULL, NULL, key->pkey, NULL);
	if (ok == 1 && key->algorithm == TLOG_SM2)
		ok = EVP_PKEY_CTX_set1_id(inner, SM2_IDENTITY, sizeof(SM2_IDENTITY) - 1);
	if (ok == 1)
		return context;
	EVP_MD_CTX_free(context);
	return NULL;
}

int tlog_key_sign(const struct tlog_key *key, const void *bytes, size_t len,
		  uint8_t ret_signature[TLOG_SIGNATURE_MAX], size_t *ret_len)
{
	uint8_t signature[TLOG_SIGNATURE_MAX];
	size_t signature_len = sizeof(signature);
	EVP_MD_CTX *context;
	int ok;

	if (!key->private)
		return ERR_DENIED;
	context = begin(key, true);
	ok = context && EVP_DigestSign(context, signature, &signature_len, bytes, len) == 1;
	EVP_MD_CTX_free(context);
	if (!ok)
		return -ENOMEM;
	memcpy(ret_signature, signature, signature_len);
	*ret_len = signature_len;
	return 0;
}

bool tlog_key_verify(const struct tlog_key *key, const void *bytes, size_t len, const uint8_t *signature,
		     size_t signature_len)
{
	EVP_MD_CTX *context = begin(key, false);
	bool fine = context && EVP_DigestVerify(context, signature, signature_len, bytes, len) == 1;

	EVP_MD_CTX_free(context);
	return fine;
}
