// optim/c_texts.hpp — what a printed training step has beside its operations: its memory, its doors, its doubles (internal to
// optim/)
// NAME stands for the file's name. Of the state, p holds the weights, mean and square the moments of Adam.
// see      optim/to_c.cpp
#pragma once
#include <string_view>

#include "core/real.hpp"  // brings: Real

namespace costate::optim::inline COSTATE_PRECISION {

// lr / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) are doubles that are rounded to Real at the end. Where Real is float there may be no double
// in the processor, and the compiler's are 2 KB of code (Cortex-M0: 5 KB): a few loops over the bits of whole numbers give
// what IEEE 754 says. The state holds doubles by their bits, whoever computes them.
inline constexpr bool has_doubles = sizeof(Real) == sizeof(double);

// NAME is the file's. The arena holds NAME_memory wherever in it an address suits its numbers.
inline constexpr std::string_view memory_in_c =
    R"(enum { NAME_ok, NAME_too_small, NAME_not_begun, NAME_broken, NAME_not_finite };

typedef struct {
    uint32_t checksum, mark, steps;
    real loss;                      /* of the last step */
    uint64_t powers[2]; /* the bits of beta1^steps and beta2^steps, which are doubles */
    real p[NAME_inputs], mean[NAME_inputs], square[NAME_inputs];
} NAME_state;
typedef struct {
    NAME_state state;
    real m[NAME_numbers];
} NAME_memory;

enum { NAME_kept = sizeof(NAME_state), NAME_bytes = sizeof(NAME_memory) + 7 };

)";

inline constexpr std::string_view doors_in_c = R"(
static NAME_memory *NAME_in(const void *arena) {
    return (NAME_memory *)(((uintptr_t)arena + 7) / 8 * 8);
}

real NAME_loss(const void *arena) { return NAME_in(arena)->state.loss; }
const real *NAME_weights(const void *arena) { return NAME_in(arena)->state.p; }

/* FNV-1a, of all bytes behind the checksum itself */
static uint32_t NAME_checksum(const unsigned char *state) {
    uint32_t sum = 2166136261u;
    for (unsigned i = sizeof sum; i < sizeof(NAME_state); i++) sum = (sum ^ state[i]) * 16777619u;
    return sum;
}

static void NAME_copy(void *to, const void *from) {
    for (unsigned i = 0; i < NAME_kept; i++) ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

void NAME_save(void *arena, void *copy) {
    NAME_state *state = &NAME_in(arena)->state;
    state->checksum = NAME_checksum((const unsigned char *)state);
    NAME_copy(copy, state);
}

int NAME_load(void *arena, unsigned bytes, const void *copy) {
    uint32_t head[2];
    if (bytes < NAME_bytes) return NAME_too_small;
    memcpy(head, copy, sizeof head);
    if (head[0] != NAME_checksum((const unsigned char *)copy) || head[1] != NAME_mark) return NAME_broken;
    NAME_copy(&NAME_in(arena)->state, copy);
    return NAME_ok;
}
)";

inline constexpr std::string_view doubles_in_c = R"(
static double NAME_double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t NAME_times(uint64_t x, uint64_t y) {
    const double z = NAME_double_of(x) * NAME_double_of(y);
    memcpy(&x, &z, sizeof x);
    return x;
}

/* over / (1 - power) */
static real NAME_rate(uint64_t over, uint64_t power) { return (real)(NAME_double_of(over) / (1 - NAME_double_of(power))); }
)";
inline constexpr std::string_view is_without_doubles = R"(
#if defined(COSTATE_WHOLE_NUMBERS) || defined(__AVR__) || (defined(__arm__) && !(__ARM_FP + 0 & 8)) || \
    (defined(__riscv) && __riscv_flen + 0 < 64))";
inline constexpr std::string_view whole_numbers_in_c = R"(
/* No FPU here has double: doubles as whole numbers, digits 2^exponent. */
typedef struct {
    uint64_t digits;
    int exponent;
} NAME_number;

/* The number of so many bits that is next to it: of two, the even one. Of more digits than 64 the last bit says that there
   are any. */
static NAME_number NAME_rounded(uint64_t digits, int exponent, int bits) {
    NAME_number x;
    uint64_t lost;
    while (digits != 0 && digits >> 62 == 0) digits *= 2, exponent--;
    bits = 63 - bits + (int)(digits >> 63);
    lost = digits & (((uint64_t)1 << bits) - 1);
    x.digits = digits >> bits;
    x.exponent = exponent + bits;
    if (lost + (x.digits & 1) > (uint64_t)1 << (bits - 1)) x.digits++;
    return x;
}

/* Of a double's bits, and back. What is smaller than the smallest normal one is 0. */
static NAME_number NAME_double_of(uint64_t bits) {
    const uint64_t first = (uint64_t)1 << 52;
    NAME_number x;
    x.digits = bits == 0 ? 0 : (bits & (first - 1)) | first;
    x.exponent = (int)(bits >> 52) - 1075;
    return x;
}
static uint64_t NAME_double_bits(NAME_number x) {
    return x.exponent < -1074 ? 0 : ((uint64_t)(x.exponent + 1074) << 52) + x.digits;
}

static uint64_t NAME_times(uint64_t x_bits, uint64_t y_bits) {
    const NAME_number x = NAME_double_of(x_bits);
    NAME_number y = NAME_double_of(y_bits);
    uint64_t sum = 0;
    int i;
    for (i = 0; i < 53; i++, y.digits /= 2) sum = (sum >> 1 | (sum & 1)) + (y.digits & 1 ? x.digits * 256 : 0);
    return NAME_double_bits(NAME_rounded(sum, x.exponent + y.exponent + 44, 53));
}

/* over / (1 - power) as a double, and then as a float */
static real NAME_rate(uint64_t over_bits, uint64_t power_bits) {
    NAME_number over = NAME_double_of(over_bits), rest = NAME_double_of(power_bits);
    const int shift = rest.exponent + 62;
    uint64_t whole = 0, low = rest.digits, quotient = 0;
    float two_to = 1;
    int i;
    if (shift >= 0)
        whole = low << shift, low = 0;
    else if (shift > -63)
        whole = low >> -shift, low -= whole << -shift;
    rest = NAME_rounded((((uint64_t)1 << 62) - whole - (low != 0)) | (low != 0), -62, 53);
    for (i = 0; i < 62; i++) {
        quotient = quotient * 2 + (over.digits >= rest.digits);
        if (over.digits >= rest.digits) over.digits -= rest.digits;
        over.digits *= 2;
    }
    rest = NAME_rounded(quotient | (over.digits != 0), over.exponent - rest.exponent - 61, 53);
    rest = NAME_rounded(rest.digits, rest.exponent, 24);
    for (; rest.exponent < 0; rest.exponent++) two_to *= 0.5f;
    for (; rest.exponent > 0; rest.exponent--) two_to *= 2;
    return (float)(uint32_t)rest.digits * two_to;
}
)";

inline constexpr std::string_view prototypes_in_c = R"(real NAME_loss(const void *arena);
const real *NAME_weights(const void *arena);
void NAME_save(void *arena, void *copy);
int NAME_load(void *arena, unsigned bytes, const void *copy);
int NAME_begin(void *arena, unsigned bytes);
int NAME_train(void *arena, const real *in);
)";

// A number is finite by its exponent, and too large by its bits: a processor without floats compares them by calls. LAW is the
// file's name, as in helpers.
inline constexpr std::string_view finite_in_c = has_doubles ? R"(
static int LAW_is_finite(const real *x, int n) {
    for (int i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, x + i, sizeof bits);
        if ((bits >> 52 & 0x7ff) == 0x7ff) return 0;
    }
    return 1;
}

/* the nearest number whose square is finite */
static real LAW_limited(real x) { return x > 0x1p511 ? 0x1p511 : x < -0x1p511 ? -0x1p511 : x; }
)"
                                                            : R"(
static int LAW_is_finite(const real *x, int n) {
    for (int i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        if ((bits >> 23 & 0xff) == 0xff) return 0;
    }
    return 1;
}

/* the nearest number whose square is finite: within 2^63 */
static real LAW_limited(real x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7fffffff) > 0x5f000000) bits = (bits & 0x80000000) | 0x5f000000;
    memcpy(&x, &bits, sizeof x);
    return x;
}
)";

inline constexpr std::string_view adam_in_c = R"(
/* m and v, the means of g and of its square: optim (4); the step: optim (6) */
static void LAW_adam(const real *gradient, real *p, real *mean, real *square, real rate, real debias, int n) {
    for (int i = 0; i < n; i++) {
        const real g = LAW_limited(gradient[i]);
        mean[i] = BETA1 * mean[i] + REST1 * g;
        square[i] = BETA2 * square[i] + REST2 * (g * g);
        p[i] = KEEPp[i] - rate * mean[i] / (ROOT(debias * square[i]) + EPSILON);
    }
}
)";

}  // namespace costate::optim::inline COSTATE_PRECISION
