#include "tests/support/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

thread_local long count = 0, bytes = 0;
std::atomic<long> of_all = 0;
thread_local bool stopped = false;

void* counted(std::size_t size, std::size_t alignment) noexcept {
    if (stopped) return nullptr;
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;  // what aligned_alloc asks for
    void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole);
    if (!memory) return nullptr;  // a test asks for more than there is
    ++count;
    of_all.fetch_add(1, std::memory_order_relaxed);
    bytes += static_cast<long>(size);
    return memory;
}

void* counted_or_throw(std::size_t size, std::size_t alignment) {
    if (void* memory = counted(size, alignment)) return memory;
    throw std::bad_alloc();
}

constexpr std::size_t plain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

long costate::test::allocations() { return count; }
long costate::test::allocations_of_all_threads() { return of_all; }
long costate::test::allocated_bytes() { return bytes; }
costate::test::NoMoreMemory::NoMoreMemory() { stopped = true; }
costate::test::NoMoreMemory::~NoMoreMemory() { stopped = false; }

// Every form is written out: under a sanitizer the array forms would be its own, and not call these.
void* operator new(std::size_t size) { return counted_or_throw(size, plain); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size, plain); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size) { return counted_or_throw(size, plain); }
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return counted_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size, plain); }
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
