// The native half of the TorchSharp polyfill: libtorch behind a dozen C functions. Operators are found by name in ATen's
// dispatcher and called with boxed values, so that no operator needs a line of its own here. No exception leaves this file:
// a function that fails returns a null pointer or a negative number, and torch_error() gives the reason.
#include <torch/types.h>
#include <torch/csrc/autograd/autograd.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <malloc.h>
#include <cstring>
#include <mutex>
#include <string>

namespace {
thread_local std::string last_error;

// Runs the body; on an exception keeps its text and returns the fallback.
template <typename Body, typename Result>
Result guarded(Result fallback, Body body) {
  try {
    return body();
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "unknown native error";
  }
  return fallback;
}

at::Tensor& tensor(void* handle) { return *static_cast<at::Tensor*>(handle); }

void* own(at::Tensor value) { return new at::Tensor(std::move(value)); }

std::vector<at::Tensor> tensors(void* const* handles, int64_t count) {
  std::vector<at::Tensor> list(count);
  for (int64_t i = 0; i < count; i++)
    if (handles[i]) list[i] = tensor(handles[i]);
  return list;
}

// An argument of an operator, as the managed side lays it out.
struct Argument {
  enum Kind : int64_t { Default, Null, Tensor, Double, Long, Bool, Longs, Tensors, OptionalTensors, Generator, Device, Text };
  Kind kind;
  union {
    void* handle;
    double number;
    int64_t integer;
    const int64_t* longs;
    void* const* handles;
    const char* text;
  };
  int64_t count;
};

c10::IValue value_of(const Argument& a, const c10::Argument& schema) {
  switch (a.kind) {
    case Argument::Default:
      return schema.default_value() ? *schema.default_value() : c10::IValue();
    case Argument::Null:
      return c10::IValue();
    case Argument::Tensor:
      return tensor(a.handle);
    case Argument::Double:
      return a.number;
    case Argument::Long:
      return a.integer;
    case Argument::Bool:
      return a.integer != 0;
    case Argument::Longs:
      return c10::List<int64_t>(at::IntArrayRef(a.longs, a.count));
    case Argument::Tensors:
      return c10::List<at::Tensor>(tensors(a.handles, a.count));
    case Argument::OptionalTensors: {
      c10::List<c10::optional<at::Tensor>> list;
      for (int64_t i = 0; i < a.count; i++)
        list.push_back(a.handles[i] ? c10::optional<at::Tensor>(tensor(a.handles[i])) : c10::nullopt);
      return list;
    }
    case Argument::Generator:
      return *static_cast<at::Generator*>(a.handle);
    case Argument::Device:
      return c10::Device(static_cast<c10::DeviceType>(a.integer), static_cast<c10::DeviceIndex>(a.count));
    case Argument::Text:
      return std::string(a.text, a.count);
  }
  TORCH_CHECK(false, "unknown kind of argument");
}

at::Generator default_generator() { return at::detail::getDefaultCPUGenerator(); }

template <typename Body>
auto locked(at::Generator& generator, Body body) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  return body(generator);
}
}  // namespace

extern "C" {
const char* torch_error() { return last_error.c_str(); }

// Once per process: memory that one training step frees is kept for the next one instead of going back to the system.
void torch_start(int threads) {
  mallopt(M_MMAP_THRESHOLD, 1 << 25);  // the most that glibc accepts; a larger value is ignored
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 1 << 26);
  if (threads > 0) at::set_num_threads(threads);
}

int torch_threads() { return at::get_num_threads(); }
int torch_set_threads(int count) {
  return guarded(-1, [&] { at::set_num_threads(count); return 0; });
}

void* torch_operator(const char* name, const char* overload) {
  return guarded(static_cast<void*>(nullptr), [&]() -> void* {
    return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
  });
}

// Calls an operator. The tensors that it returns (a returned list counts as its elements) go to `results`; further ones than
// `capacity` are dropped, which is how an in-place operator's own tensor comes back at no cost. Returns how many there were.
int64_t torch_call(void* op, const Argument* args, int64_t count, void** results, int64_t capacity) {
  thread_local torch::jit::Stack stack;
  return guarded(int64_t{-1}, [&] {
    const auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const auto& schema = handle.schema().arguments();
    static const Argument missing{Argument::Default, {nullptr}, 0};
    stack.clear();
    for (size_t i = 0; i < schema.size(); i++)
      stack.push_back(value_of(static_cast<int64_t>(i) < count ? args[i] : missing, schema[i]));
    handle.callBoxed(&stack);
    int64_t found = 0;
    auto take = [&](at::Tensor t) {
      if (found < capacity) results[found] = own(std::move(t));
      found++;
    };
    for (auto& value : stack) {
      if (value.isTensor()) take(std::move(value).toTensor());
      else if (value.isTensorList()) for (at::Tensor t : value.toTensorVector()) take(std::move(t));
    }
    stack.clear();
    return found;
  });
}

void torch_free(void* t) { delete static_cast<at::Tensor*>(t); }

// A tensor in its own memory, filled from `data` where there is some.
void* torch_create(const void* data, const int64_t* sizes, int64_t rank, int dtype) {
  return guarded(static_cast<void*>(nullptr), [&] {
    at::Tensor t = at::empty(at::IntArrayRef(sizes, rank), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (data && t.numel() > 0) std::memcpy(t.data_ptr(), data, t.nbytes());
    return own(std::move(t));
  });
}

int64_t torch_rank(void* t) { return tensor(t).dim(); }
int64_t torch_numel(void* t) { return tensor(t).numel(); }
int torch_dtype(void* t) { return static_cast<int>(tensor(t).scalar_type()); }
int torch_device_type(void* t) { return static_cast<int>(tensor(t).device().type()); }
void torch_shape(void* t, int64_t* sizes) { std::memcpy(sizes, tensor(t).sizes().data(), tensor(t).dim() * sizeof(int64_t)); }
void torch_strides(void* t, int64_t* strides) { std::memcpy(strides, tensor(t).strides().data(), tensor(t).dim() * sizeof(int64_t)); }
int torch_is_contiguous(void* t) { return tensor(t).is_contiguous(); }
void* torch_data(void* t) {
  return guarded(static_cast<void*>(nullptr), [&] { return tensor(t).data_ptr(); });
}

int torch_requires_grad(void* t) { return tensor(t).requires_grad(); }
int torch_is_leaf(void* t) { return tensor(t).is_leaf(); }
int torch_set_requires_grad(void* t, int on) {
  return guarded(-1, [&] { tensor(t).set_requires_grad(on); return 0; });
}
int torch_retain_grad(void* t) {
  return guarded(-1, [&] { tensor(t).retain_grad(); return 0; });
}
// The gradient, or null where there is none.
void* torch_gradient(void* t) {
  return guarded(static_cast<void*>(nullptr), [&]() -> void* {
    last_error.clear();
    const at::Tensor& g = tensor(t).grad();
    return g.defined() ? own(g) : nullptr;
  });
}

int torch_grad_mode() { return at::GradMode::is_enabled(); }
void torch_set_grad_mode(int on) { at::GradMode::set_enabled(on); }

int torch_backward(void* const* roots, int64_t count, void* const* grads, int64_t grad_count, int retain, int create, void* const* inputs, int64_t input_count) {
  return guarded(-1, [&] {
    torch::autograd::backward(tensors(roots, count), tensors(grads, grad_count), retain != 0, create != 0, tensors(inputs, input_count));
    return 0;
  });
}

int torch_grad(void* const* outputs, int64_t count, void* const* inputs, int64_t input_count, void* const* grads, int64_t grad_count,
               int retain, int create, int allow_unused, void** results) {
  return guarded(-1, [&] {
    auto found = torch::autograd::grad(tensors(outputs, count), tensors(inputs, input_count), tensors(grads, grad_count), retain != 0, create != 0, allow_unused != 0);
    for (size_t i = 0; i < found.size(); i++) results[i] = found[i].defined() ? own(found[i]) : nullptr;
    return 0;
  });
}

void* torch_generator(uint64_t seed) {
  return guarded(static_cast<void*>(nullptr), [&] { return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)); });
}
void* torch_default_generator() { return new at::Generator(default_generator()); }
void torch_generator_free(void* g) { delete static_cast<at::Generator*>(g); }
void torch_generator_set_seed(void* g, uint64_t seed) {
  locked(*static_cast<at::Generator*>(g), [&](at::Generator& it) { it.set_current_seed(seed); });
}
uint64_t torch_generator_seed(void* g) {
  return locked(*static_cast<at::Generator*>(g), [](at::Generator& it) { return it.current_seed(); });
}
void* torch_generator_state(void* g) {
  return guarded(static_cast<void*>(nullptr), [&] {
    return own(locked(*static_cast<at::Generator*>(g), [](at::Generator& it) { return it.get_state(); }));
  });
}
int torch_generator_set_state(void* g, void* state) {
  return guarded(-1, [&] {
    locked(*static_cast<at::Generator*>(g), [&](at::Generator& it) { it.set_state(tensor(state)); });
    return 0;
  });
}
}
