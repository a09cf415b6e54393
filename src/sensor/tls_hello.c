/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "sensor/bytes.h"
#include "sensor/ja4.h"
#include "sensor/private.h"
#include "sensor/tls.h"

#define NAME_MAX_BYTES 255
#define LIST_TOLD_MAX 16 /* protocols and versions offered */
#define TLS_1_2 0x0303

/* IANA's TLS ExtensionType values. */
enum extension {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_SIGNATURES = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_VERSIONS = 43,
};

/* The random of a ServerHello that is a HelloRetryRequest (RFC 8446, 4.1.3). */
static const uint8_t retry_random[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
					 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
					 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static const struct {
	uint16_t version;
	const char *name;
} versions[] = {{0x0304, "1.3"}, {0x0303, "1.2"}, {0x0302, "1.1"}, {0x0301, "1.0"}, {0x0300, "SSL 3.0"}};

/* The suites one meets; IANA's registry has some 350. The Chinese ones are of GB/T 38636 and RFC 8998. */
static const struct {
	uint16_t cipher;
	const char *name;
} ciphers[] = {
	{0x1301, "TLS_AES_128_GCM_SHA256"},
	{0x1302, "TLS_AES_256_GCM_SHA384"},
	{0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
	{0x1304, "TLS_AES_128_CCM_SHA256"},
	{0x00c6, "TLS_SM4_GCM_SM3"},
	{0x00c7, "TLS_SM4_CCM_SM3"},
	{0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
	{0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
	{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
	{0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
	{0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
	{0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
	{0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
	{0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
	{0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
	{0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
	{0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
	{0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
	{0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
	{0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
	{0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
	{0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
	{0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
	{0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
	{0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
	{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
	{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
	{0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
	{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
	{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
	{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
	{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
	{0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
	{0x0004, "TLS_RSA_WITH_RC4_128_MD5"},
	{0xe011, "ECDHE_SM4_CBC_SM3"},
	{0xe013, "ECC_SM4_CBC_SM3"},
	{0xe051, "ECDHE_SM4_GCM_SM3"},
	{0xe053, "ECC_SM4_GCM_SM3"},
};

const char *tls_version_name(uint16_t version, char out[8])
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (versions[i].version == version)
			return versions[i].name;
	snprintf(out, 8, "0x%04x", version);
	return out;
}

const char *tls_cipher_name(uint16_t cipher, char out[8])
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (ciphers[i].cipher == cipher)
			return ciphers[i].name;
	snprintf(out, 8, "0x%04x", cipher);
	return out;
}

/* --- the client's --------------------------------------------------------------------------------------- */

struct client {
	struct ja4_hello hello;
	struct bytes name, protocols, versions; /* what the extensions hold */
	bool too_many;
};

static void read_values(struct bytes list, uint16_t *values, size_t *count, bool *too_many)
{
	while (list.len >= 2) {
		if (*count == JA4_VALUES_MAX) {
			*too_many = true;
			return;
		}
		values[(*count)++] = bytes_u16(&list);
	}
}

/* ServerNameList of RFC 6066, 3: the first host_name. */
static struct bytes read_name(struct bytes body)
{
	struct bytes list = bytes_part(&body, bytes_u16(&body));

	while (list.len) {
		uint8_t type = bytes_u8(&list);
		struct bytes name = bytes_part(&list, bytes_u16(&list));

		if (type == 0)
			return name;
	}
	return (struct bytes){0};
}

static void read_extension(struct client *client, uint16_t type, struct bytes body)
{
	struct ja4_hello *hello = &client->hello;

	switch (type) {
	case EXTENSION_SERVER_NAME:
		hello->has_name = true;
		client->name = read_name(body);
		break;
	case EXTENSION_ALPN:
		client->protocols = bytes_part(&body, bytes_u16(&body));
		break;
	case EXTENSION_VERSIONS:
		client->versions = bytes_part(&body, bytes_u8(&body));
		break;
	case EXTENSION_SIGNATURES:
		hello->signature_count = 0;
		read_values(bytes_part(&body, bytes_u16(&body)), hello->signatures, &hello->signature_count,
			    &client->too_many);
		break;
	default:
		break;
	}
}

static void read_extensions(struct client *client, struct bytes *rest)
{
	struct bytes list = bytes_part(rest, bytes_u16(rest));

	while (list.len >= 4) {
		uint16_t type = bytes_u16(&list);
		struct bytes body = bytes_part(&list, bytes_u16(&list));

		if (client->hello.extension_count == JA4_VALUES_MAX) {
			client->too_many = true;
			return;
		}
		client->hello.extensions[client->hello.extension_count++] = type;
		read_extension(client, type, body);
	}
}

static struct str text_of(const struct bytes *bytes)
{
	return str_of((const char *)bytes->ptr, bytes->len);
}

static void add_protocols(struct bytes list, struct ja4_hello *hello, struct buf *out)
{
	size_t count = 0;

	while (list.len && count < LIST_TOLD_MAX) {
		struct bytes name = bytes_part(&list, bytes_u8(&list));

		if (!name.len)
			continue;
		if (!count)
			hello->alpn = text_of(&name);
		buf_add_str(out, count++ ? STR(",") : STR(",\"alpn_offered\":["));
		buf_add_json_string(out, str_head(text_of(&name), TLS_ALPN_MAX));
	}
	if (count)
		buf_add_char(out, ']');
}

static void add_versions(struct bytes list, struct ja4_hello *hello, struct buf *out)
{
	uint16_t highest = 0;
	char text[8];
	size_t count = 0;

	while (list.len >= 2 && count < LIST_TOLD_MAX) {
		uint16_t version = bytes_u16(&list);

		if (ja4_is_grease(version))
			continue;
		highest = version > highest ? version : highest;
		buf_add_str(out, count++ ? STR(",") : STR(",\"versions_offered\":["));
		buf_add_json_string(out, str_from(tls_version_name(version, text)));
	}
	if (count)
		buf_add_char(out, ']');
	else
		member_text(out, "versions_offered", str_from(tls_version_name(hello->version, text)), 8);
	if (highest)
		hello->version = highest;
}

bool tls_client_hello(const uint8_t *bytes, size_t len, struct tls_session *ret_session, struct buf *out)
{
	struct bytes rest = bytes_of(bytes, len), session;
	struct client client = {.hello.transport = 't'};
	char ja4[JA4_SIZE];

	client.hello.version = bytes_u16(&rest);
	bytes_take(&rest, 32);
	session = bytes_part(&rest, bytes_u8(&rest));
	read_values(bytes_part(&rest, bytes_u16(&rest)), client.hello.ciphers, &client.hello.cipher_count,
		    &client.too_many);
	bytes_part(&rest, bytes_u8(&rest)); /* compression */
	if (rest.is_short || session.len > sizeof(ret_session->bytes))
		return false;
	if (rest.len)
		read_extensions(&client, &rest);
	ret_session->len = (uint8_t)session.len;
	if (session.len)
		memcpy(ret_session->bytes, session.ptr, session.len);
	if (client.name.len)
		member_text(out, "sni", text_of(&client.name), NAME_MAX_BYTES);
	add_protocols(client.protocols, &client.hello, out);
	add_versions(client.versions, &client.hello, out);
	if (client.too_many)
		return true;
	ja4_format(&client.hello, ja4);
	member_text(out, "ja4", str_from(ja4), JA4_SIZE);
	return true;
}

/* --- the server's --------------------------------------------------------------------------------------- */

static void read_chosen(struct tls *tls, struct bytes list)
{
	while (list.len >= 4) {
		uint16_t type = bytes_u16(&list);
		struct bytes body = bytes_part(&list, bytes_u16(&list));

		if (type == EXTENSION_VERSIONS && body.len >= 2) {
			tls->version = bytes_u16(&body);
		} else if (type == EXTENSION_PRE_SHARED_KEY) {
			tls->from_ticket = true;
		} else if (type == EXTENSION_ALPN && body.len >= 3) {
			struct bytes name;

			bytes_u16(&body);
			name = bytes_part(&body, bytes_u8(&body));
			if (name.len && name.len < sizeof(tls->alpn)) {
				memcpy(tls->alpn, name.ptr, name.len);
				tls->alpn[name.len] = 0;
			}
		}
	}
}

bool tls_server_hello(const uint8_t *bytes, size_t len, struct tls *tls)
{
	struct bytes rest = bytes_of(bytes, len), session;
	uint16_t version = bytes_u16(&rest), cipher;
	const uint8_t *random = bytes_take(&rest, 32);

	session = bytes_part(&rest, bytes_u8(&rest));
	cipher = bytes_u16(&rest);
	bytes_take(&rest, 1);
	if (rest.is_short)
		return false;
	if (version == TLS_1_2 && memcmp(random, retry_random, sizeof(retry_random)) == 0) {
		tls->retried = true;
		return true;
	}
	tls->version = version;
	tls->cipher = cipher;
	tls->same_session = session.len && session.len == tls->session.len &&
			    memcmp(session.ptr, tls->session.bytes, session.len) == 0;
	if (rest.len)
		read_chosen(tls, bytes_part(&rest, bytes_u16(&rest)));
	return true;
}
