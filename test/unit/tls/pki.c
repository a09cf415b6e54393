/* SPDX-License-Identifier: Apache-2.0 */
#include "pki.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/err.h"

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1));
	X509_EXTENSION_free(extension);
}

struct identity identity_make(const char *name, const struct identity *issuer, bool ca)
{
	struct identity made = {X509_new(), EVP_EC_gen("P-256")};
	X509_NAME *subject = X509_get_subject_name(made.certificate);
	X509 *signer = issuer ? issuer->certificate : made.certificate;
	uint64_t serial;

	must(RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1);
	X509_set_version(made.certificate, X509_VERSION_3);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.certificate), serial >> 1);
	X509_gmtime_adj(X509_getm_notBefore(made.certificate), -3600);
	X509_gmtime_adj(X509_getm_notAfter(made.certificate), 3600);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(made.certificate, X509_get_subject_name(signer));
	X509_set_pubkey(made.certificate, made.key);
	add_extension(made.certificate, signer, NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");
	must(X509_sign(made.certificate, issuer ? issuer->key : made.key, EVP_sha256()));
	return made;
}

void identity_free(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

void identity_write(const struct identity *identity, const char *path, bool with_key)
{
	FILE *file = fopen(path, "w");

	must(file && PEM_write_X509(file, identity->certificate));
	if (with_key)
		must(PEM_write_PrivateKey(file, identity->key, NULL, NULL, 0, NULL, NULL));
	must(fclose(file) == 0);
}

SSL_CTX *client_context(const struct identity *mine)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	must(context);
	if (mine)
		must(SSL_CTX_use_certificate(context, mine->certificate) == 1 &&
		     SSL_CTX_use_PrivateKey(context, mine->key) == 1);
	return context;
}
