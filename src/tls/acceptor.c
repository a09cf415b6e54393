/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/acceptor.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"

#define CLIENT_CAS_MAX 256
#define OWN_CHECK_EVERY CLOCK_HOUR /* our own certificate's end */

enum { FILE_CERTIFICATE, FILE_KEY, FILE_CLIENTS, FILE_COUNT };

/* Another file has taken the place, or this one was written to. */
struct stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

struct tls_acceptor {
	pthread_mutex_t lock; /* over context and fingerprint */
	SSL_CTX *context;
	char fingerprint[TLS_FINGERPRINT_SIZE];
	char *names[FILE_COUNT]; /* "" where there is none */
	bool own;
	struct stamp stamps[FILE_COUNT]; /* as they were read last; from here on the refreshing thread's */
	int64_t checked;
};

static void take_stamps(const struct tls_acceptor *acceptor, struct stamp stamps[FILE_COUNT])
{
	struct stat status;

	memset(stamps, 0, FILE_COUNT * sizeof(*stamps));
	for (int i = 0; i < FILE_COUNT; i++)
		if (acceptor->names[i][0] && stat(acceptor->names[i], &status) == 0)
			stamps[i] =
				(struct stamp){status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

static bool same_stamps(const struct stamp *a, const struct stamp *b)
{
	for (int i = 0; i < FILE_COUNT; i++)
		if (a[i].device != b[i].device || a[i].inode != b[i].inode || a[i].size != b[i].size ||
		    a[i].modified.tv_sec != b[i].modified.tv_sec ||
		    a[i].modified.tv_nsec != b[i].modified.tv_nsec)
			return false;
	return true;
}

/* The operator's file may hold the chain behind the certificate. */
static bool use_certificates(SSL_CTX *context, struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool used = certificate && SSL_CTX_use_certificate(context, certificate) == 1;

	X509_free(certificate);
	while (used && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (SSL_CTX_add0_chain_cert(context, certificate) != 1) {
			X509_free(certificate);
			used = false;
		}
	BIO_free(bio);
	return used;
}

static bool use_key(SSL_CTX *context, struct buf *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	bool used = key && SSL_CTX_use_PrivateKey(context, key) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	return used;
}

static int trust_all(SSL_CTX *context, struct buf *pem, const char *path, struct err *ret_err)
{
	BIO *bio = BIO_new_mem_buf(pem->ptr, (int)pem->len);
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	X509 *certificate;
	int count = 0;

	while (bio && count <= CLIENT_CAS_MAX &&
	       (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, certificate) == 1 &&
			 SSL_CTX_add_client_CA(context, certificate) == 1;
		X509_free(certificate);
	}
	BIO_free(bio);
	if (!count)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s holds no PEM certificate", path);
	if (count > CLIENT_CAS_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "%s holds more than %d certificates", path,
			       CLIENT_CAS_MAX);
	return 0;
}

static int ask_clients(SSL_CTX *context, const char *path, struct err *ret_err)
{
	struct buf pem = {0};
	int r;

	if (!path[0])
		return 0;
	r = io_read_file(path, TLS_PEM_MAX, &pem);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r));
	else
		r = trust_all(context, &pem, path, ret_err);
	buf_done(&pem);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return r;
}

static SSL_CTX *make_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context)
		return NULL;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
					     SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	return context;
}

static int fill_context(const struct tls_acceptor *acceptor, SSL_CTX *context, struct tls_pair *pair,
			struct err *ret_err)
{
	const char *const *names = (const char *const *)acceptor->names;
	int r = acceptor->own ? tls_pair_own(names[FILE_CERTIFICATE], pair, ret_err)
			      : tls_pair_read(names[FILE_CERTIFICATE], names[FILE_KEY], pair, ret_err);

	if (r == 0 && (!use_certificates(context, &pair->certificate) || !use_key(context, &pair->key)))
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "OpenSSL does not take %s: %s",
			    names[FILE_CERTIFICATE], ERR_reason_error_string(ERR_peek_error()));
	return r < 0 ? r : ask_clients(context, names[FILE_CLIENTS], ret_err);
}

/* Reads everything anew and puts it in use, or leaves all as it was. */
static int load(struct tls_acceptor *acceptor, struct err *ret_err)
{
	SSL_CTX *context = make_context(), *before = context;
	struct tls_pair pair = {0};
	int r = context ? 0 : err_set(ret_err, -ENOMEM, 0, 0, "OpenSSL makes no context");

	take_stamps(acceptor,
		    acceptor->stamps); /* before the reading: a change during it is seen the next time */
	if (r == 0)
		r = fill_context(acceptor, context, &pair, ret_err);
	if (r == 0) {
		pthread_mutex_lock(&acceptor->lock);
		before = acceptor->context;
		acceptor->context = context;
		memcpy(acceptor->fingerprint, pair.fingerprint, sizeof(pair.fingerprint));
		pthread_mutex_unlock(&acceptor->lock);
	}
	if (acceptor->own)
		take_stamps(acceptor, acceptor->stamps); /* only we write it */
	acceptor->checked = clock_monotonic();
	tls_pair_done(&pair);
	SSL_CTX_free(before);
	ERR_clear_error();
	return r;
}

static char *copy_name(const char *name)
{
	char *copy = strdup(name ? name : "");

	must(copy);
	return copy;
}

int tls_acceptor_new(const struct tls_files *files, struct tls_acceptor **ret_acceptor, struct err *ret_err)
{
	struct tls_acceptor *acceptor = calloc(1, sizeof(*acceptor));
	int r;

	must(acceptor);
	pthread_mutex_init(&acceptor->lock, NULL);
	acceptor->own = !files->certificate || !files->certificate[0];
	acceptor->names[FILE_CERTIFICATE] = copy_name(acceptor->own ? files->own : files->certificate);
	acceptor->names[FILE_KEY] = copy_name(acceptor->own ? "" : files->key);
	acceptor->names[FILE_CLIENTS] = copy_name(files->clients);
	r = load(acceptor, ret_err);
	if (r < 0)
		tls_acceptor_free(acceptor);
	else
		*ret_acceptor = acceptor;
	return r;
}

void tls_acceptor_free(struct tls_acceptor *acceptor)
{
	if (!acceptor)
		return;
	SSL_CTX_free(acceptor->context);
	for (int i = 0; i < FILE_COUNT; i++)
		free(acceptor->names[i]);
	pthread_mutex_destroy(&acceptor->lock);
	free(acceptor);
}

int tls_acceptor_refresh(struct tls_acceptor *acceptor, struct err *ret_err)
{
	struct stamp before[FILE_COUNT], now[FILE_COUNT];
	int r;

	memcpy(before, acceptor->stamps, sizeof(before));
	take_stamps(acceptor, now);
	if (same_stamps(now, before) &&
	    (!acceptor->own || clock_monotonic() - acceptor->checked < OWN_CHECK_EVERY))
		return 0;
	r = load(acceptor, ret_err);
	return r < 0 ? r : !same_stamps(before, acceptor->stamps);
}

void tls_acceptor_fingerprint(struct tls_acceptor *acceptor, char ret_text[TLS_FINGERPRINT_SIZE])
{
	pthread_mutex_lock(&acceptor->lock);
	memcpy(ret_text, acceptor->fingerprint, TLS_FINGERPRINT_SIZE);
	pthread_mutex_unlock(&acceptor->lock);
}

struct ssl_st *tls_acceptor_ssl(struct tls_acceptor *acceptor)
{
	SSL *ssl;

	pthread_mutex_lock(&acceptor->lock);
	ssl = SSL_new(acceptor->context);
	pthread_mutex_unlock(&acceptor->lock);
	return ssl;
}
