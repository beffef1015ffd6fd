/**
 * Names of calls that neither touch the IRQL nor a lock nor wait: compiler intrinsics, the C library, tracing and argument
 * macros of the public headers. Names with facts of their own do not belong here. Data only.
 */

const EXACT = new Set(
  `memcpy memmove memset memcmp memchr strlen strnlen wcslen wcsnlen strcmp strncmp stricmp strnicmp _stricmp _strnicmp _wcsicmp _wcsnicmp
  wcscmp wcsncmp wcsicmp wcsnicmp strcpy strncpy strcat strncat strchr strrchr strstr strtok wcschr wcsrchr wcsstr wcscpy wcsncpy wcscat
  wcsncat strcpy_s strncpy_s strcat_s strncat_s wcscpy_s wcsncpy_s wcscat_s sprintf sprintf_s _snprintf _snprintf_s _snwprintf swprintf
  swprintf_s _vsnprintf _vsnwprintf vsprintf vsnprintf snprintf printf wprintf fprintf fwprintf puts sscanf sscanf_s swscanf swscanf_s
  toupper tolower towupper towlower isdigit isalpha isalnum isspace isxdigit isprint isupper islower iswdigit iswspace iswalpha iswalnum
  atoi atol _atoi64 _wtoi wcstoul strtoul strtol wcstol _itoa _itow _ultoa _ultow _i64tow abs labs min max __min __max qsort bsearch
  rand srand rand_s memcpy_s memmove_s wmemcpy assert ASSERTMSG ASSERT NT_ASSERTMSG NT_ASSERT NT_VERIFY VERIFY RTL_SOFT_ASSERT RTL_VERIFY
  UNREFERENCED_PARAMETER UNREFERENCED_LOCAL_VARIABLE DBG_UNREFERENCED_PARAMETER DBG_UNREFERENCED_LOCAL_VARIABLE C_ASSERT static_assert
  CONTAINING_RECORD FIELD_OFFSET UFIELD_OFFSET RTL_FIELD_SIZE RTL_SIZEOF_THROUGH_FIELD RTL_NUMBER_OF RTL_NUMBER_OF_V2 ARRAYSIZE ARRAY_SIZE
  RTL_CONSTANT_STRING RTL_CONTAINS_FIELD RTL_BITS_OF TYPE_ALIGNMENT FIELD_SIZE sizeof _countof offsetof __alignof __uuidof
  NT_SUCCESS NT_INFORMATION NT_WARNING NT_ERROR SUCCEEDED FAILED HRESULT_CODE HRESULT_FROM_WIN32 HRESULT_FROM_NT IS_ERROR ARGUMENT_PRESENT
  MAKELONG MAKEWORD LOWORD HIWORD LOBYTE HIBYTE LODWORD HIDWORD MAKE_HRESULT MAKELANGID CTL_CODE DEVICE_TYPE_FROM_CTL_CODE METHOD_FROM_CTL_CODE
  INITIALIZED_OBJECT_ATTRIBUTES InitializeObjectAttributes RTL_CONSTANT_OBJECT_ATTRIBUTES DECLARE_CONST_UNICODE_STRING DECLARE_UNICODE_STRING_SIZE
  DoTraceMessage DoTraceLevelMessage TraceEvents TraceLoggingWrite TraceLoggingRegister TraceLoggingUnregister KdPrint KdPrintEx DbgPrintEx DbgPrint DebugPrint
  KdBreakPoint DbgBreakPoint DbgBreakPointWithStatus __debugbreak __fastfail WPP_INIT_TRACING WPP_CLEANUP WPP_LEVEL_ENABLED WPP_FLAG_ENABLED WPP_LEVEL_FLAGS_ENABLED
  va_start va_end va_arg va_copy __va_start __nop __noop __assume __analysis_assume _Analysis_assume_ __annotation __rdtsc __rdtscp __cpuid __cpuidex
  _mm_pause _mm_mfence _mm_sfence _mm_lfence _mm_prefetch _mm_clflush YieldProcessor MemoryBarrier KeMemoryBarrier KeMemoryBarrierWithoutFence _ReadWriteBarrier
  _ReadBarrier _WriteBarrier __faststorefence __dmb __dsb __isb __yield __readcr0 __readcr2 __readcr3 __readcr4 __readcr8 __readmsr __writemsr __readeflags __writeeflags
  __inbyte __inword __indword __outbyte __outword __outdword __readgsbyte __readgsword __readgsdword __readgsqword __readfsdword
  __stosb __stosw __stosd __stosq __movsb __movsw __movsd __movsq __ud2 __int2c __lidt __sidt __invlpg __wbinvd __halt __xgetbv _xgetbv __popcnt __popcnt64
  __lzcnt __lzcnt64 _BitScanForward _BitScanReverse _BitScanForward64 _BitScanReverse64 _bittest _bittestandset _bittestandreset _bittest64 BitTest BitScanForward BitScanReverse
  _byteswap_ushort _byteswap_ulong _byteswap_uint64 _rotl _rotr _rotl64 _rotr64 _lrotl _lrotr __umulh __mulh _umul128 _mul128 __shiftleft128 __shiftright128
  __emul __emulu __ll_lshift __ll_rshift __ull_rshift Int32x32To64 UInt32x32To64 Int64ShllMod32 Int64ShraMod32 Int64ShrlMod32
  _alloca alloca _ReturnAddress _AddressOfReturnAddress PtrToUlong PtrToLong PtrToUint UlongToPtr LongToPtr UlongToHandle HandleToUlong HandleToLong LongToHandle
  PtrToInt IntToPtr Ptr32ToPtr HandleToPtr ULongToPtr ULongToHandle HandleToULong Handle32ToHandle ULONG_PTR POINTER_TO_ULONG ADDRESS_AND_SIZE_TO_SPAN_PAGES
  PAGE_ALIGN BYTES_TO_PAGES ROUND_TO_PAGES BYTE_OFFSET ROUND_TO_SIZE ALIGN_DOWN ALIGN_UP ALIGN_DOWN_POINTER ALIGN_UP_POINTER ALIGN_DOWN_BY ALIGN_UP_BY ALIGN_DOWN_POINTER_BY ALIGN_UP_POINTER_BY
  WDF_STRUCTURE_SIZE WDF_ALIGN_SIZE_UP WDF_TYPE_NAME_TO_TYPE_INFO WDF_GET_CONTEXT_TYPE_INFO exception_code exception_info _exception_code _exception_info GetExceptionCode GetExceptionInformation
  GetExceptionInformationPointer abnormal_termination AbnormalTermination _abnormal_termination move forward std::move std::forward swap
  static_cast reinterpret_cast const_cast dynamic_cast decltype typeid noexcept defined __pragma _Pragma SetFlag ClearFlag FlagOn BooleanFlagOn InterlockedOr8
  FlagOnAll TlgEnabled TraceLoggingLevel TraceLoggingString TraceLoggingUInt32 TraceLoggingValue FltDecodeParameters IoGetCurrentIrpStackLocation
  IsEqualGUID InlineIsEqualGUID IsEqualIID IsEqualCLSID ReadNoFence WriteNoFence ReadAcquire WriteRelease ReadRaw WriteRaw ReadPointerNoFence WritePointerNoFence
  ReadULongNoFence WriteULongNoFence ReadULongAcquire WriteULongRelease ReadPointerAcquire WritePointerRelease ReadBooleanNoFence WriteBooleanNoFence
  ObjectAttributes ListEntry IsListEmpty READ_REGISTER WPP_RECORDER_INITIALIZE RECORDER_CONFIGURE_PARAMS_INIT offset_of countof
  TEST_FLAG SET_FLAG CLEAR_FLAG FREE_POOL SIZEOF_ARRAY RtlFailFast NT_ASSERT_ASSUME NT_FRE_ASSERTMSG _DbgPrintF DbgPrintF ZwCurrentProcess NtCurrentProcess NtCurrentThread ZwCurrentThread malloc calloc realloc free PtrOffset Add2Ptr PtrAdd RtlOffsetToPointer RtlPointerToOffset PsGetCurrentThread WHEA_ERROR_PACKET_SECTION_GUID
  `
    .split(/\s+/)
    .filter((name) => name !== ''),
);

const PATTERNS: readonly RegExp[] = [
  // interlocked operations of the compiler
  /^_?Interlocked[A-Z]\w*$/,
  // tracing: WPP, TraceLogging, ETW event macros
  /^(?:WPP_|TraceLogging|EventWrite|EventEnabled|TRACE_|Tlg)\w*$/,
  // assertions and annotations
  /^(?:_Analysis_|_Benign_race_|_No_competing_thread_|__analysis_|__drv_|FLT_ASSERT|NT_FRE_ASSERT|RTL_ASSERT|STOR_ASSERT|ASSERT_)\w*$/,
  // macros of the framework's headers that fill structs
  /^(?:WDF|NET|ACX|UCM|UFX|UDECX|SDCA|VHF|SPB|GPIO|POFX|IO)_[A-Z0-9_]*(?:INIT|INIT_[A-Z0-9_]+|SET_[A-Z0-9_]+|HEADER)$/,
  // arithmetic and tests of the public class and network headers
  /^(?:FWPS?_(?:IS|GET|MAKE)|NDIS_MDL|NDIS_STATUS|NDIS_STRING|NDIS_(?:GET|SET)|NET_BUFFER|NET_BUFFER_LIST|ACPI_METHOD|KS_SIZE|KSCONVERT|SRB_STATUS|REVERSE_BYTES|REVERSE)(?:_[A-Z0-9_]+)?$/,
  /^Srb(?:Set|Get|Assign|Clear|Copy|Zero|Is|Create|Do)\w*$/,
  // error-handling and unit-test macros of the Windows implementation library and TAEF
  /^(?:RETURN|LOG|THROW|FAIL_FAST|VERIFY)_(?:NTSTATUS|IF|HR|STATUS|LAST|CAUGHT|SUCCEEDED|IS|ARE|FAILED|WIN32)(?:_[A-Z0-9_]+)?$/,
  // ordered reads and writes, prefetch
  /^(?:(?:Read|Write)(?:U?(?:Char|Short|Long|Pointer|Boolean|Int|LongLong))?(?:NoFence|Acquire|Release|Raw)\d*|PreFetchCacheLine|__iso_volatile_\w+|_Read\w*Barrier)$/,
  // queues of net buffer lists, address comparisons of the public network headers
  /^(?:Ndis\w*Nbl\w*(?:Queue|Chain)\w*|NdisAdvanceNetBuffer\w*Inline|INE?T?[46]_[A-Z0-9_]+|INET\d?_[A-Z0-9_]+|INETADDR_[A-Z0-9_]+|FLT_(?:IS|TAG|SET|CLEAR)[A-Z0-9_]*)$/,
  // byte orders
  /^(?:RtlUshortByteSwap|RtlUlongByteSwap|RtlUlonglongByteSwap|[hn]to[hn][sl]l?)$/,
  // compiler intrinsics
  /^(?:_mm\d*_|__builtin_|__readgs|__readfs|__writegs|_arm64_|_arm_|__crc32)\w*$|^__(?:ldap?r|stlr|ldxr|stxr|load_acquire|store_release)\d+$/,
  // inline helpers of scsi.h that read and convert sense data
  /^(?:Scsi(?:Get\w*Sense\w*|ConvertToFixedSenseFormat|ValidateInformationSenseDescriptor)|Is(?:\w*SenseData\w*))$/,
  // function-style casts and arithmetic helpers of the public headers
  /^(?:U?(?:Char|Short|Int|Long|LongLong|LongPtr|IntPtr|SizeT|Int8|Int16|Int32|Int64|Byte|Word|DWord)(?:To|Add|Sub|Mult)\w*|RtlU?(?:Char|Short|Int|Long|LongLong|LongPtr|SizeT|Int8|Byte)(?:To|Add|Sub|Mult)\w*)$/,
  /^(?:GET|MAKE|IS)_[A-Z0-9_]+$/,
];

/** Whether a call of that name, not otherwise known, has no effect on IRQL or locks. */
export function isNeutralName(name: string): boolean {
  return EXACT.has(name) || PATTERNS.some((pattern) => pattern.test(name));
}

const BUILT_IN_TYPES =
  /^(?:bool|char|short|int|long|float|double|unsigned|signed|size_t|wchar_t|u?int(?:8|16|32|64)?(?:ptr)?_t|BOOLEAN|BOOL|U?CHAR|U?SHORT|U?INT|U?LONG|U?LONGLONG|U?LONG_PTR|U?INT_PTR|DWORD|WORD|BYTE|WCHAR|PVOID|HANDLE|NTSTATUS|HRESULT|SIZE_T|KIRQL|U?INT(?:8|16|32|64)|ULONG(?:32|64)|P?U?CHAR)$/;

/** Whether `name(...)` is a conversion to a plain type. */
export function isPlainType(name: string): boolean {
  return BUILT_IN_TYPES.test(name);
}

const METHODS =
  /^(?:AddRef|Release|QueryInterface|NonDelegatingQueryInterface|get|release|begin|end|size|data|empty|put|addressof|c_str|length)$/;

/** Whether a method of that name, of an unknown class, is taken to have no effect: reference counts and accessors of smart pointers. */
export function isNeutralMethod(name: string): boolean {
  return METHODS.test(name);
}
