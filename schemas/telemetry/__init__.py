"""What every process tells of itself: metrics, one id per article through headers and logs, traces where wanted."""
