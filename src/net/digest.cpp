#include "net/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <new>

namespace kindred::net {
namespace {

EVP_MD_CTX* context_of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

/// Both kinds are part of OpenSSL: nothing but memory can be missing.
void require(int done) {
  if (done != 1) throw std::bad_alloc();
}

}  // namespace

void Digest::Free::operator()(void* context) const { EVP_MD_CTX_free(context_of(context)); }

Digest::Digest(const void* kind) : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_of(context_.get()), static_cast<const EVP_MD*>(kind), nullptr));
}

Digest Digest::sha256() { return Digest(EVP_sha256()); }

Digest Digest::git_blob(std::uint64_t size) {
  Digest digest(EVP_sha1());
  const std::string head = fmt::format("blob {}", size);
  digest.add(std::as_bytes(std::span(head.c_str(), head.size() + 1)));
  return digest;
}

void Digest::add(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_of(context_.get()), bytes.data(), bytes.size()));
}

std::string Digest::hexadecimal() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_of(context_.get()), bytes.data(), &size));
  std::string digits;
  for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", bytes[i]);
  return digits;
}

}  // namespace kindred::net
