"""History from elsewhere: versions of pages that other web archives keep, brought into ours."""
