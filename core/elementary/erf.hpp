// core/elementary/erf.hpp — the error function
//   erf x = 2/√π ∫₀^x e^(−s²) ds
//         = x + x P(x²)                               |x| < 1                                             (a)
//         = 1 − e^(−Q(|x|)),  with x's sign           beyond; Q = −log erfc, a little more than x²        (b)
// source   P, Q: our own minimax fits by Remez's exchange, of the error relative to erf: 2^-62 in double, 2^-29 and
//          2^-37 in float.
// why      Where (b) holds, e^(−Q) is below 0.16, and so is what an error of Q's evaluation counts. From |x| = 6 on (in
//          float, from 4) erf is 1 to the last digit.
// see      core/elementary/elementary.hpp for the errors, measured
#pragma once
#include "core/elementary/exp.hpp"  // brings: exp_of, reduce_by_ln2, Range

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

template <class T>
struct ErfP {  // of double
    static constexpr double c[] = {0.12837916709551257374,    -0.37612638903183747604,     0.11283791670954857489,
                                   -0.026866170645072894295,  0.0052239776247808607856,    -0.00085483269787418538418,
                                   0.0001205533103688644307,  -0.000014925593506565340546, 1.6460972811714414009e-6,
                                   -1.6350025165749870485e-7, 1.465787945837329575e-8,     -1.1365664483822767964e-9,
                                   5.9452592721802854424e-11};
};
template <>
struct ErfP<float> {
    static constexpr double c[] = {0.12837916572671090366,    -0.37612625824232772782,  0.11283585148602792767,
                                   -0.02685381193473890028,   0.0051883276846207419515, -0.00080101936150640384038,
                                   0.000078538613182448375722};
};

template <class T>
COSTATE_INLINE T erf_near_0(T x) {  // (a)
    const T z = x * x;
    const T P = polynomial(z, z * z, ErfP<T>::c);
    return fma_if_fast(x, P, x);
}

template <class T>
struct ErfQ {  // of double
    static constexpr double c[] = {2.7800965702250712187e-8,  1.1283789157421672136,       0.636620734038367365,
                                   0.10277081629368008303,    -0.019128046214175802606,    -0.00020230197776967403569,
                                   0.0016749612276894165373,  -0.00055235579686403103231,  -0.000022012979025034217787,
                                   0.00011078739420917533908, -0.000064763229088639128282, 0.000024281160036173640396,
                                   -6.7844438127404673599e-6, 1.469780090401284567e-6,     -2.4815340586152569596e-7,
                                   3.2196792590037944175e-8,  -3.1083992698378246191e-9,   2.1054232441182740013e-10,
                                   -8.929546143116737594e-12, 1.7840337053357297544e-13};
};
template <>
struct ErfQ<float> {
    static constexpr double c[] = {-0.00012343014757272341904,  1.1291933271914721898,       0.63422209779409426713,
                                   0.10692478320193613027,      -0.023803761255999715671,    0.0033411644706568518359,
                                   -0.000094472553145743844758, -0.000066093455109227944591, 0.000012693601159500844939,
                                   -7.9893790794011817149e-7};
};

template <class T>
COSTATE_INLINE T erf_beyond(T a) {  // (b) for a = |x|
    const T x = at_most(Range<T>::erf_one, a);
    const T Q = polynomial(x, x * x, ErfQ<T>::c);
    return 1 - exp_of(reduce_by_ln2(-Q));
}

}  // namespace detail

template <class T>
COSTATE_INLINE T erf(T x) {
    using namespace detail;
    const T a = magnitude(x), near = erf_near_0(at_most(T(1), a)), beyond = erf_beyond(a);
    return signed_as(x, a < 1 ? near : beyond);
}

}  // namespace costate::COSTATE_ELEMENTARY
