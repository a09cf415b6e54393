/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

#define DAYS 825
#define DAYS_LEFT_MIN 30
#define DAY_SECONDS (24L * 3600)
#define OWN_MARK "Wanglou self-signed" /* organization of the certificates we make */
#define NAMES_MAX 4096
#define HOST_MAX 256

void tls_pair_done(struct tls_pair *pair)
{
	if (pair->key.ptr)
		explicit_bzero(pair->key.ptr, pair->key.capacity);
	buf_done(&pair->key);
	buf_done(&pair->certificate);
}

/* Host names go into the certificate only where they are plain ones. */
static bool is_host_name(const char *name)
{
	return name[0] && strlen(name) <= 63 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
		       strlen(name);
}

static void add_address(struct buf *names, const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN];
	const void *bytes = NULL;

	if (address && address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)address)->sin_addr;
	else if (address && address->sa_family == AF_INET6 &&
		 !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)address)->sin6_addr))
		bytes = &((const struct sockaddr_in6 *)address)->sin6_addr;
	if (bytes && inet_ntop(address->sa_family, bytes, text, sizeof(text)) && names->len < NAMES_MAX)
		buf_printf(names, ",IP:%s", text);
}

/* subjectAltName in OpenSSL's notation (x509v3_config). */
static void collect_names(const char *host, struct buf *names)
{
	struct ifaddrs *list = NULL;

	buf_printf(names, "DNS:localhost");
	if (is_host_name(host))
		buf_printf(names, ",DNS:%s", host);
	if (getifaddrs(&list) < 0) {
		buf_printf(names, ",IP:127.0.0.1,IP:::1");
		return;
	}
	for (const struct ifaddrs *at = list; at; at = at->ifa_next)
		if (at->ifa_flags & IFF_UP)
			add_address(names, at->ifa_addr);
	freeifaddrs(list);
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	added = extension && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return added;
}

static bool fill_certificate(X509 *certificate, EVP_PKEY *key)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	char host[HOST_MAX] = "localhost";
	struct buf names = {0};
	uint64_t serial;
	bool filled;

	if (gethostname(host, sizeof(host) - 1) < 0 || !is_host_name(host))
		strcpy(host, "localhost");
	collect_names(host, &names);
	filled = RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1 &&
		 X509_set_version(certificate, X509_VERSION_3) &&
		 ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) &&
		 X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
		 X509_gmtime_adj(X509_getm_notAfter(certificate), DAYS * DAY_SECONDS - 3600) &&
		 X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)OWN_MARK, -1,
					    -1, 0) &&
		 X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)host, -1, -1,
					    0) &&
		 X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key) &&
		 add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
		 add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
		 add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
		 add_extension(certificate, NID_subject_key_identifier, "hash") &&
		 add_extension(certificate, NID_subject_alt_name, buf_cstr(&names));
	buf_done(&names);
	return filled;
}

/* Key and certificate in one file, so that no crash can leave two that do not belong together. */
static int write_pem(const char *path, EVP_PKEY *key, X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;
	int r = -EIO;

	if (bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) &&
	    PEM_write_bio_X509(bio, certificate) && (len = BIO_get_mem_data(bio, &text)) > 0) {
		r = io_replace_file(path, text, (size_t)len, 0600);
		explicit_bzero(text, (size_t)len);
	}
	BIO_free(bio);
	return r;
}

static int make_certificate(const char *path, struct err *ret_err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	int r = -ENOMEM;

	if (key && certificate && fill_certificate(certificate, key) &&
	    X509_sign(certificate, key, EVP_sha256()))
		r = write_pem(path, key, certificate);
	X509_free(certificate);
	EVP_PKEY_free(key);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot make the certificate %s: %s", path, err_text(r));
	return 0;
}

static X509 *parse_certificate(struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return certificate;
}

/* A key with a passphrase cannot be used unattended: OpenSSL must not ask on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
	(void)out, (void)size, (void)writing, (void)context;
	return -1;
}

static EVP_PKEY *parse_key(struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	return key;
}

static bool is_ours(X509 *certificate)
{
	char mark[64] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_organizationName, mark,
				  sizeof(mark));
	return strcmp(mark, OWN_MARK) == 0;
}

/* Ours, and near its end: it may be replaced. The operator's is never touched. */
static bool is_stale(X509 *certificate)
{
	time_t limit = time(NULL) + DAYS_LEFT_MIN * DAY_SECONDS;

	return is_ours(certificate) && X509_cmp_time(X509_get0_notAfter(certificate), &limit) < 0;
}

static int64_t end_of(X509 *certificate)
{
	struct tm end;

	return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) ? timegm(&end) * INT64_C(1000000) : 0;
}

static void format_fingerprint(X509 *certificate, char ret_text[TLS_FINGERPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	must(X509_digest(certificate, EVP_sha256(), digest, &len) && len * 3 <= TLS_FINGERPRINT_SIZE);
	for (unsigned i = 0; i < len; i++)
		snprintf(ret_text + 3 * i, 4, "%02X%s", digest[i], i + 1 < len ? ":" : "");
}

static int read_pem(const char *path, struct buf *buf, struct err *ret_err)
{
	int r = io_read_file(path, TLS_PEM_MAX, buf);

	buf_cstr(buf);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r)) : 0;
}

/* Checks that both parse and belong together. */
static int check_pair(struct tls_pair *pair, const char *path, struct err *ret_err)
{
	X509 *certificate = parse_certificate(&pair->certificate);
	EVP_PKEY *key = parse_key(&pair->key);
	int r = 0;

	if (!certificate)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "%s holds no PEM certificate", path);
	else if (!key)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "the key of %s is no PEM key without passphrase",
			    path);
	else if (X509_check_private_key(certificate, key) != 1)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "the key does not belong to the certificate %s", path);
	if (r == 0) {
		format_fingerprint(certificate, pair->fingerprint);
		pair->ours = is_ours(certificate);
		pair->stale = is_stale(certificate);
		pair->until = end_of(certificate);
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return r;
}

int tls_pair_read(const char *certificate, const char *key, struct tls_pair *ret_pair, struct err *ret_err)
{
	int r;

	*ret_pair = (struct tls_pair){0};
	r = read_pem(certificate, &ret_pair->certificate, ret_err);
	if (r == 0)
		r = read_pem(key, &ret_pair->key, ret_err);
	if (r == 0)
		r = check_pair(ret_pair, certificate, ret_err);
	if (r < 0)
		tls_pair_done(ret_pair);
	return r;
}

int tls_pair_own(const char *path, struct tls_pair *ret_pair, struct err *ret_err)
{
	int r;

	*ret_pair = (struct tls_pair){0};
	if (access(path, F_OK) == 0) {
		r = tls_pair_read(path, path, ret_pair, ret_err);
		if (r < 0 || !ret_pair->stale)
			return r;
		tls_pair_done(ret_pair);
	}
	r = make_certificate(path, ret_err);
	return r < 0 ? r : tls_pair_read(path, path, ret_pair, ret_err);
}
